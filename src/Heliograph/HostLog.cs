using System.Net;
using Microsoft.Extensions.Logging;

namespace Heliograph;

/// <summary>
/// What the program logs about itself; nothing here is about a connection. It is the only class of its kind in the assembly: with two, the
/// generator writes them in an order that differs from build to build, and so do the package's bytes.
/// </summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "New certificate from {Chain}: {Names}, valid until {NotAfter:u}")]
    public static partial void CertificateReplaced(ILogger logger, string chain, string names, DateTimeOffset notAfter);

    [LoggerMessage(2, LogLevel.Error, "The new certificate is rejected; the previous one stays in use: {Problem}")]
    public static partial void CertificateRejected(ILogger logger, string problem);

    [LoggerMessage(14, LogLevel.Information, "The certificate in {Chain} has not changed")]
    public static partial void CertificateUnchanged(ILogger logger, string chain);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "The certificate is from a pipe ({Pipe}), which can be read only once: a renewed one is not noticed, and takes a restart; give " +
        "regular files in certificate.chain and certificate.key instead")]
    public static partial void CertificateFromPipe(ILogger logger, string pipe);

    [LoggerMessage(16, LogLevel.Warning, "Signal's apps cannot use this certificate: {Problem}")]
    public static partial void CertificateFaulty(ILogger logger, string problem);

    [LoggerMessage(3, LogLevel.Information, "Stopping: open connections have {Timeout} to finish; open now: {Connections}")]
    public static partial void Stopping(ILogger logger, string connections, string timeout);

    [LoggerMessage(4, LogLevel.Information, "Stopped; connections closed before they finished: {Left}")]
    public static partial void Stopped(ILogger logger, string left);

    [LoggerMessage(
        6,
        LogLevel.Information,
        "There is no certificate yet: requesting one from {Authority} ({Challenges}); serving a self-signed one until it arrives")]
    public static partial void WaitingForCertificate(ILogger logger, string authority, string challenges);

    [LoggerMessage(17, LogLevel.Warning, "The last order for a certificate failed: {Error} {Outlook}")]
    public static partial void OrderPostponed(ILogger logger, string error, string outlook);

    [LoggerMessage(7, LogLevel.Information, "Checked whether the certificate is due for renewal; next renewal at {Instant:u}: {Reason}")]
    public static partial void CheckedRenewal(ILogger logger, DateTimeOffset instant, string reason);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "Other machines can read the metrics on {Endpoint}, which show how much this proxy is used; set metrics.listen to an address on " +
        "127.0.0.1, or restrict access with a firewall")]
    public static partial void MetricsNotLoopback(ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(9, LogLevel.Warning, "Metrics are off: {Problem}")]
    public static partial void MetricsOff(ILogger logger, string problem);

    [LoggerMessage(10, LogLevel.Warning, "Cannot read or save the daily and weekly totals: {Problem}")]
    public static partial void TotalsNotSaved(ILogger logger, string problem);

    [LoggerMessage(11, LogLevel.Information, "Configuration reloaded; {What}")]
    public static partial void ConfigurationReloaded(ILogger logger, string what);

    [LoggerMessage(12, LogLevel.Error, "The new configuration is rejected; the previous one stays in use: {Problem}")]
    public static partial void ConfigurationRejected(ILogger logger, string problem);

    [LoggerMessage(
        13, LogLevel.Warning, "These configuration changes take effect only after a restart (systemctl restart heliograph): {Keys}")]
    public static partial void NeedsRestart(ILogger logger, string keys);

    [LoggerMessage(18, LogLevel.Error, "Cannot start: {Problem}")]
    public static partial void CannotStart(ILogger logger, string problem);

    [LoggerMessage(
        19,
        LogLevel.Warning,
        "systemd's socket for {Endpoint} takes IPv6 only, so IPv4 clients are refused; set BindIPv6Only=both in its [Socket] section " +
        "(systemctl edit heliograph.socket), then restart heliograph.socket")]
    public static partial void Ipv6Only(ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(20, LogLevel.Warning, "Alert: {Text}")]
    public static partial void Alert(ILogger logger, string text);

    [LoggerMessage(21, LogLevel.Error, "Cannot deliver an alert to {Target}: {Problem}; to try again, run: heliograph alerts test")]
    public static partial void AlertNotDelivered(ILogger logger, string target, string problem);

    [LoggerMessage(22, LogLevel.Error, "Cannot read or save which alerts were sent, so a restart may send them again: {Problem}")]
    public static partial void AlertsNotKept(ILogger logger, string problem);

    [LoggerMessage(23, LogLevel.Warning, "Self-check failed: {Problem}")]
    public static partial void SelfCheckFailed(ILogger logger, string problem);

    [LoggerMessage(24, LogLevel.Information, "Self-check succeeds again")]
    public static partial void SelfCheckWorks(ILogger logger);

    [LoggerMessage(
        25,
        LogLevel.Warning,
        "Cannot send metrics by OTLP; retrying: {Problem}; check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL")]
    public static partial void OtlpTrouble(ILogger logger, string problem);

    [LoggerMessage(29, LogLevel.Warning, "OpenTelemetry cannot use {Variable}; allowed: {Allowed}")]
    public static partial void OtlpVariableUnusable(ILogger logger, string variable, string allowed);

    [LoggerMessage(
        30,
        LogLevel.Warning,
        "{Percent} % of the monthly budget of {Budget} (limits.monthly_bytes) is used; it resets on {End}{Consequence}")]
    public static partial void BudgetLow(ILogger logger, int percent, string budget, string end, string consequence);

    [LoggerMessage(
        31, LogLevel.Error, "The monthly budget of {Budget} (limits.monthly_bytes) is spent: until {End} this proxy {Consequence}")]
    public static partial void BudgetSpent(ILogger logger, string budget, string end, string consequence);

    [LoggerMessage(32, LogLevel.Information, "The monthly budget of {Budget} (limits.monthly_bytes) is available again: {Reason}")]
    public static partial void BudgetRestored(ILogger logger, string budget, string reason);

    [LoggerMessage(33, LogLevel.Warning, "Cannot read or save how much of the monthly budget is used: {Problem}")]
    public static partial void BudgetNotSaved(ILogger logger, string problem);

    [LoggerMessage(34, LogLevel.Warning, "Cannot save when the groups of unlisted names were last used: {Problem}")]
    public static partial void AccessNotSaved(ILogger logger, string problem);

    [LoggerMessage(64, LogLevel.Information, "The whole fleet knows now what was revoked here while it could not be asked")]
    public static partial void RevocationShared(ILogger logger);

    [LoggerMessage(
        35, LogLevel.Warning, "The stored list of hosts cannot be read, so the program's own ({Version}) is used: {Problem}")]
    public static partial void ListUnreadable(ILogger logger, long version, string problem);

    [LoggerMessage(
        36, LogLevel.Warning,
        "The resolver {Address} {Problem} (upstream.resolver): the last known addresses of Signal's hosts remain in use, until a restart")]
    public static partial void ResolverFails(ILogger logger, string address, string problem);

    [LoggerMessage(37, LogLevel.Information, "The resolver {Address} answers again (upstream.resolver)")]
    public static partial void ResolverAnswers(ILogger logger, string address);

    [LoggerMessage(50, LogLevel.Information, "The list of sources {List} is in use: {Prefixes} prefixes")]
    public static partial void SourceListTaken(ILogger logger, string list, int prefixes);

    [LoggerMessage(
        51, LogLevel.Warning,
        "The list of sources {List} holds private or loopback addresses, which are not blocked; to block them, set " +
        "sources.block_private: true")]
    public static partial void SourceListHasPrivate(ILogger logger, string list);

    [LoggerMessage(52, LogLevel.Warning, "The list of sources {List} is not used; {Consequence}: {Problem}")]
    public static partial void SourceListRejected(ILogger logger, string list, string consequence, string problem);

    [LoggerMessage(53, LogLevel.Information, "The database of countries {File} is in use")]
    public static partial void CountriesTaken(ILogger logger, string file);

    [LoggerMessage(54, LogLevel.Warning, "The database of countries {File} is not used; {Consequence}: {Problem}")]
    public static partial void CountriesRejected(ILogger logger, string file, string consequence, string problem);

    [LoggerMessage(
        55, LogLevel.Warning,
        "{Missing} machines of the fleet do not answer a challenge yet ({Machines}); if the authority asks one of them, the order fails")]
    public static partial void ChallengeNotServed(ILogger logger, int missing, string machines);

    [LoggerMessage(56, LogLevel.Information, "This machine uses the fleet's new key")]
    public static partial void KeyTaken(ILogger logger);

    [LoggerMessage(58, LogLevel.Warning, "What this machine does in its fleet was interrupted, and begins anew: {Problem}")]
    public static partial void FleetInterrupted(ILogger logger, string problem);

    [LoggerMessage(57, LogLevel.Warning, "The fleet's new key cannot be used yet: {Problem}")]
    public static partial void KeyNotTaken(ILogger logger, string problem);

    [LoggerMessage(
        74, LogLevel.Information, "Restarting in place: open connections have {Timeout} to finish; open now: {Connections}")]
    public static partial void Restarting(ILogger logger, string connections, string timeout);

    [LoggerMessage(
        75, LogLevel.Information,
        "The installed program takes the place of this one now; connections closed before they finished: {Left}")]
    public static partial void Drained(ILogger logger, string left);

    [LoggerMessage(70, LogLevel.Information, "The fleet restarts this machine now")]
    public static partial void RestartBegins(ILogger logger);

    [LoggerMessage(71, LogLevel.Warning, "The fleet asked this machine to restart, and it does not: {Problem}")]
    public static partial void RestartRefused(ILogger logger, string problem);

    [LoggerMessage(72, LogLevel.Information, "This machine serves again, and the fleet may restart the next one")]
    public static partial void RestartEnds(ILogger logger);

    [LoggerMessage(
        73, LogLevel.Warning,
        "This machine serves again, and cannot tell the fleet, which restarts the next one once this turn has run out: {Problem}")]
    public static partial void RestartNotEnded(ILogger logger, string problem);

    [LoggerMessage(5, LogLevel.Debug, "An unexpected error")]
    public static partial void Fault(ILogger logger, Exception exception);
}
