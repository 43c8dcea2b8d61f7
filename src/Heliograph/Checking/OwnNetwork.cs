using System.Net;

namespace Heliograph.Checking;

/// <summary>
/// Checks whether this machine's network is down, by one host that has nothing to do with Signal.
/// Only when the proxy does not answer at all.
/// </summary>
internal static class OwnNetwork
{
    /// <returns>Null: the check is switched off, or not needed.</returns>
    public static async Task<CheckStep?> CheckAsync(
        CheckOptions options, AddressLookup lookup, IReadOnlyList<ProxyEndpoint> endpoints, CheckClock clock)
    {
        // A host that refuses a connection has been reached.
        var isReached = endpoints.Any(static endpoint => endpoint.IsConnected || endpoint.TcpTrouble!.Outcome == Trouble.Refused);
        if (options.Neutral is not { } neutral || isReached)
            return null;
        var started = clock.Time.GetTimestamp();
        var addresses = await AddressLookup.ResolveAsync(neutral, options, clock);
        var step = new CheckStep
        {
            Step = Steps.Network,
            Subject = neutral.ToString(),
            Outcome = "up",
            Severity = Severity.Ok,
            Seen = "answers, so this machine's network is up",
            TookMs = clock.Since(started),
        };
        if (addresses.Count == 0)
        {
            return step with
            {
                Outcome = "down",
                Severity = Severity.Failure,
                Seen = "does not resolve either: DNS does not work on this machine",
                Remedy =
                    "make sure that this machine is online and that /etc/resolv.conf names a DNS server that answers, then check again",
            };
        }
        // If the name has no address, DNS alone is at fault: there is no need to try connections.
        if (lookup.Addresses.Count == 0 || await AnyConnectsAsync(addresses, neutral.Port, clock))
            return step with { TookMs = clock.Since(started) };
        return step with
        {
            Outcome = "down",
            Severity = Severity.Failure,
            Seen = "does not answer either",
            Remedy = "make sure that this machine is connected to the internet (\"ip route\"), then check again",
            TookMs = clock.Since(started),
        };
    }

    private static async Task<bool> AnyConnectsAsync(IReadOnlyList<IPAddress> addresses, int port, CheckClock clock) =>
        (await Task.WhenAll(addresses.Select(address => ConnectsAsync(new IPEndPoint(address, port), clock)))).Any(static connects =>
            connects);

    private static async Task<bool> ConnectsAsync(IPEndPoint endpoint, CheckClock clock)
    {
        try
        {
            await using var stream = await Dial.TcpAsync(endpoint, clock);
            return true;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return Trouble.FromConnect(exception, clock).Outcome == Trouble.Refused;
        }
    }
}
