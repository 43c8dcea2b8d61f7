using System.Net;
using Microsoft.Extensions.Logging;

namespace Heliograph;

/// <summary>
/// What the program says of itself. Nothing here is about a connection. The only class of its kind in the assembly: with two, the generator writes them in an
/// order that differs from build to build, and the package's bytes with it.
/// </summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "New certificate from {Chain}: {Names}, until {NotAfter:u}")]
    public static partial void CertificateReplaced(ILogger logger, string chain, string names, DateTimeOffset notAfter);

    [LoggerMessage(2, LogLevel.Error, "The new certificate is refused and the one before goes on serving: {Problem}")]
    public static partial void CertificateRefused(ILogger logger, string problem);

    [LoggerMessage(3, LogLevel.Information, "Stopping: {Connections} connections have {Timeout} to end")]
    public static partial void Stopping(ILogger logger, int connections, string timeout);

    [LoggerMessage(4, LogLevel.Information, "Stopped; {Left} connections were closed before their end")]
    public static partial void Stopped(ILogger logger, int left);

    [LoggerMessage(6, LogLevel.Information, "There is no certificate yet: asking {Authority} for one ({Challenges}); until it is there a self-signed one is served")]
    public static partial void WaitingForCertificate(ILogger logger, string authority, string challenges);

    [LoggerMessage(7, LogLevel.Information, "Looked whether the certificate is to be renewed; the next time is {Instant:u}: {Reason}")]
    public static partial void LookedForRenewal(ILogger logger, DateTimeOffset instant, string reason);

    [LoggerMessage(8, LogLevel.Warning, "The metrics on {Endpoint} can be read from other machines, and tell how much this proxy is used; keep metrics.listen on 127.0.0.1, or let a firewall guard it")]
    public static partial void MetricsNotLoopback(ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(9, LogLevel.Warning, "No metrics: {Problem}")]
    public static partial void MetricsOff(ILogger logger, string problem);

    [LoggerMessage(10, LogLevel.Warning, "The totals of days and weeks are not kept: {Problem}")]
    public static partial void TotalsNotSaved(ILogger logger, string problem);

    [LoggerMessage(11, LogLevel.Information, "The configuration was read again; {What}")]
    public static partial void ConfigurationRead(ILogger logger, string what);

    [LoggerMessage(12, LogLevel.Error, "The new configuration is refused and the one before goes on: {Problem}")]
    public static partial void ConfigurationRefused(ILogger logger, string problem);

    [LoggerMessage(13, LogLevel.Warning, "Changed in the configuration, but only a restart takes it: {Keys} (systemctl restart heliograph)")]
    public static partial void NeedsRestart(ILogger logger, string keys);

    [LoggerMessage(20, LogLevel.Warning, "Alert: {Text}")]
    public static partial void Alert(ILogger logger, string text);

    [LoggerMessage(21, LogLevel.Error, "An alert could not be delivered to {Target}: {Problem}; heliograph alerts test tries it again")]
    public static partial void AlertNotDelivered(ILogger logger, string target, string problem);

    [LoggerMessage(22, LogLevel.Error, "What was told in alerts cannot be kept, so that a restart may tell it again: {Problem}")]
    public static partial void AlertsNotKept(ILogger logger, string problem);

    [LoggerMessage(23, LogLevel.Warning, "The proxy's check of itself failed: {Problem}")]
    public static partial void SelfCheckFailed(ILogger logger, string problem);

    [LoggerMessage(24, LogLevel.Information, "The proxy's check of itself succeeds again")]
    public static partial void SelfCheckWorks(ILogger logger);

    [LoggerMessage(25, LogLevel.Warning, "The metrics are not sent by OTLP, and it is tried again: {Problem}; check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL")]
    public static partial void OtlpTrouble(ILogger logger, string problem);

    [LoggerMessage(30, LogLevel.Warning, "{Percent} % of the month's budget of {Budget} (limits.monthly_bytes) are used; it is whole again on {End}{Consequence}")]
    public static partial void BudgetLow(ILogger logger, int percent, string budget, string end, string consequence);

    [LoggerMessage(31, LogLevel.Error, "The month's budget of {Budget} (limits.monthly_bytes) is spent: until {End} this proxy {Consequence}")]
    public static partial void BudgetSpent(ILogger logger, string budget, string end, string consequence);

    [LoggerMessage(32, LogLevel.Information, "The month's budget of {Budget} (limits.monthly_bytes) lasts: {Reason}")]
    public static partial void BudgetWhole(ILogger logger, string budget, string reason);

    [LoggerMessage(33, LogLevel.Warning, "What is used of the month's budget is not kept: {Problem}")]
    public static partial void BudgetNotSaved(ILogger logger, string problem);

    [LoggerMessage(5, LogLevel.Debug, "A fault in the program")]
    public static partial void Fault(ILogger logger, Exception exception);
}
