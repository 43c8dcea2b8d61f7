using System.Net;
using Heliograph.Configuration;

namespace Heliograph.Checking;

/// <summary>
/// Dials one of Signal's hosts from here, without the proxy. Only on the proxy's own machine, which does so all day anyway.
/// </summary>
internal static class DirectDial
{
    public static async Task<CheckStep> RunAsync(string name, ProxyAddress target, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep
        {
            Step = Steps.Direct,
            Subject = name,
            Outcome = "answers",
            Severity = Severity.Ok,
            Seen = $"{name} answers this machine",
        };
        var addresses = await AddressLookup.ResolveAsync(target, options, clock);
        if (addresses.Count == 0)
            return Failed(
                step,
                "no_address",
                target.Host == name ? $"{name} does not resolve here" : $"{name}: {target.Host} does not resolve here") with
            {
                TookMs = clock.Since(started),
            };
        var troubles = await Task.WhenAll(
            addresses.Select(address => DialAsync(new IPEndPoint(address, target.Port), name, options, clock)));
        step = step with { TookMs = clock.Since(started) };
        return troubles.Contains(null)
            ? step
            : Failed(step, troubles[0]!.Outcome, $"{name} does not answer this machine: {troubles[0]!.Seen}");
    }

    private static async Task<Trouble?> DialAsync(IPEndPoint endpoint, string name, CheckOptions options, CheckClock clock)
    {
        try
        {
            await using var session = await TlsSession.StartAsync(
                await Dial.TcpAsync(endpoint, clock), name, InnerProbe.CreateVerifier(name, options, clock), alpn: null, clock);
            return session.Trouble;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return Trouble.FromConnect(exception, clock);
        }
    }

    private static CheckStep Failed(CheckStep step, string outcome, string seen) =>
        step with
        {
            Outcome = outcome,
            Severity = Severity.Warning,
            Seen = seen,
            Remedy =
                $"find out why this machine cannot reach {step.Subject} (\"curl -v https://{step.Subject}\"): it may be DNS, a firewall, " +
                "or a provider or country that blocks Signal",
        };
}
