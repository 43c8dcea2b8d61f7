using System.Net;

namespace Heliograph.Checking;

/// <summary>Is the network here down? Asked only when nothing of the proxy answers, of one host that has nothing to do with Signal.</summary>
internal static class OwnNetwork
{
    /// <returns>Null: it was not to be asked, or there is no need.</returns>
    public static async Task<CheckStep?> LookAsync(CheckOptions options, AddressLookup lookup, IReadOnlyList<ProxyEndpoint> doors, CheckClock clock)
    {
        // Whoever refuses a connection has been reached.
        if (options.Neutral is not { } neutral || doors.Any(static door => door.IsConnected || door.TcpTrouble!.Outcome == Trouble.Refused))
            return null;
        var started = clock.Time.GetTimestamp();
        var addresses = await AddressLookup.OfAsync(neutral, options, clock);
        var step = new CheckStep { Step = Steps.Network, Subject = neutral.ToString(), Outcome = "up", Severity = Severity.Ok, Seen = "answers, so the network here is up", TookMs = clock.Since(started) };
        if (addresses.Count == 0)
        {
            return step with
            {
                Outcome = "down",
                Severity = Severity.Failure,
                Seen = "has no address here either: DNS does not work on this machine",
                Remedy = "see that this machine is connected and that /etc/resolv.conf names a DNS server that answers, then check again",
            };
        }
        // A name that has no address fails by DNS alone; connections need not be tried.
        if (lookup.Addresses.Count == 0 || await AnyConnectsAsync(addresses, neutral.Port, clock))
            return step with { TookMs = clock.Since(started) };
        return step with
        {
            Outcome = "down",
            Severity = Severity.Failure,
            Seen = "does not answer either",
            Remedy = "see that this machine is connected to the internet (\"ip route\"), then check again",
            TookMs = clock.Since(started),
        };
    }

    private static async Task<bool> AnyConnectsAsync(IReadOnlyList<IPAddress> addresses, int port, CheckClock clock) =>
        (await Task.WhenAll(addresses.Select(address => ConnectsAsync(new IPEndPoint(address, port), clock)))).Any(static connects => connects);

    private static async Task<bool> ConnectsAsync(IPEndPoint endpoint, CheckClock clock)
    {
        try
        {
            await using var stream = await Dial.TcpAsync(endpoint, clock);
            return true;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return Trouble.OfConnect(exception, clock).Outcome == Trouble.Refused;
        }
    }
}
