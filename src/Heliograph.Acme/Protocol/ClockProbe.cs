using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Acme.Protocol;

/// <summary>If TLS to the authority fails only because its certificate is expired or not yet valid, this machine's clock is the suspect.
/// One more request, which checks the chain except for time, reads the Date header to find the difference.</summary>
internal static class ClockProbe
{
    public static async Task<AcmeException> ExplainAsync(
        Uri url, TlsTrust trust, TimeProvider timeProvider, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var (notBefore, notAfter) = trust.LastValidity;
        var ahead = await AheadAsync(url, trust, timeProvider, timeout, cancellationToken);
        var seen = $"The TLS certificate of {url.Host} is valid from {notBefore:u} to {notAfter:u}, but this machine's clock says {now:u}";
        return ahead is { } difference && difference.Duration() > Tolerance
            ? new AcmeException(
                AcmeFailure.Clock, $"{seen}, which is {Say(difference)} the authority's clock. Set the clock (timedatectl set-ntp true).")
            : new AcmeException(
                AcmeFailure.Clock,
                $"{seen}. Check the clock (timedatectl); if it is correct, the authority has let its certificate expire.");
    }

    /// <summary>A smaller difference does not affect a certificate: authorities backdate by an hour.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    public static string Say(TimeSpan ahead)
    {
        var gap = ahead.Duration();
        var amount = gap.TotalDays >= 2 ? $"{gap.TotalDays:0} days"
            : gap.TotalHours >= 2 ? $"{gap.TotalHours:0} hours"
            : $"{gap.TotalMinutes:0} minutes";
        return amount + (ahead > TimeSpan.Zero ? " ahead of" : " behind");
    }

    private static async Task<TimeSpan?> AheadAsync(
        Uri url, TlsTrust trust, TimeProvider timeProvider, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(trust.CreateHandler(X509VerificationFlags.IgnoreNotTimeValid), disposeHandler: true)
        {
            Timeout = timeout,
        };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, url);
            request.Headers.UserAgent.ParseAdd("Heliograph");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return timeProvider.GetUtcNow() - response.Headers.Date;
        }
        catch (Exception exception)
            when (exception is HttpRequestException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
