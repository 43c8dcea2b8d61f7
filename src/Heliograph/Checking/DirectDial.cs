using System.Net;
using Heliograph.Configuration;

namespace Heliograph.Checking;

/// <summary>Dials a host of Signal's from here, without the proxy. Only on the proxy's own machine, which does nothing else all day.</summary>
internal static class DirectDial
{
    public static async Task<CheckStep> RunAsync(string name, ProxyAddress target, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep { Step = Steps.Direct, Subject = name, Outcome = "answers", Severity = Severity.Ok, Seen = $"{name} answers this machine" };
        var addresses = await AddressLookup.OfAsync(target, options, clock);
        if (addresses.Count == 0)
            return Failed(step, "no_address", target.Host == name ? $"{name} has no address here" : $"{name}: {target.Host} has no address here") with { TookMs = clock.Since(started) };
        var troubles = await Task.WhenAll(addresses.Select(address => TroubleAsync(new IPEndPoint(address, target.Port), name, options, clock)));
        step = step with { TookMs = clock.Since(started) };
        return troubles.Contains(null) ? step : Failed(step, troubles[0]!.Outcome, $"{name} does not answer this machine: {troubles[0]!.Seen}");
    }

    private static async Task<Trouble?> TroubleAsync(IPEndPoint endpoint, string name, CheckOptions options, CheckClock clock)
    {
        try
        {
            await using var session = await TlsSession.StartAsync(await Dial.TcpAsync(endpoint, clock), name, InnerProbe.Judge(name, options, clock), alpn: null, clock);
            return session.Trouble;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return Trouble.OfConnect(exception, clock);
        }
    }

    private static CheckStep Failed(CheckStep step, string outcome, string seen) => step with
    {
        Outcome = outcome,
        Severity = Severity.Warning,
        Seen = seen,
        Remedy = $"see why this machine cannot reach {step.Subject} (\"curl -v https://{step.Subject}\"): its DNS, its firewall, or a provider or country that blocks Signal",
    };
}
