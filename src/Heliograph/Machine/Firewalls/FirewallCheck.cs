using System.Net;

namespace Heliograph.Machine.Firewalls;

/// <summary>What a firewall of this machine does to new connections from everywhere, as far as that is certain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Closed">The ports of the proxy that it closes.</param>
/// <param name="Open">The command that opens them.</param>
internal sealed record FirewallState(string Name, IReadOnlyList<int> Closed, string Open);

/// <summary>
/// Checks whether this machine's own firewall closes the proxy's ports: the machine reaches itself all the same, so nothing else here would
/// tell. It names a firewall only where it is certain.
/// </summary>
internal static class FirewallCheck
{
    public const string Name = "firewall";

    /// <param name="endpoints">Where the server listens, or will.</param>
    /// <param name="timeProvider">Bounds the wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Finding> RunAsync(
        IEnumerable<IPEndPoint> endpoints, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        List<int> ports =
        [
            .. endpoints
                .Where(static endpoint => endpoint.Port != 0 && !IPAddress.IsLoopback(endpoint.Address))
                .Select(static endpoint => endpoint.Port)
                .Distinct(),
        ];
        if (ports.Count == 0)
            return new(Name, Severity.Ok, "not asked: nothing listens beyond this machine");
        if (!Environment.IsPrivilegedProcess)
            return new(Name, Severity.Ok, "not asked: only root may see its rules");
        return Evaluate(
            ports,
            [
                Ufw.Read(ports),
                await Firewalld.AskAsync(ports, timeProvider, cancellationToken),
                await Nftables.AskAsync(ports, timeProvider, cancellationToken),
            ]);
    }

    /// <param name="ports">The proxy's ports.</param>
    /// <param name="states">Each firewall; null: it is not there, or not active.</param>
    public static Finding Evaluate(IReadOnlyList<int> ports, IEnumerable<FirewallState?> states)
    {
        // ufw and firewalld write nftables' rules: the first one that closes a port is the one to talk to.
        if (states.FirstOrDefault(static state => state is { Closed.Count: > 0 }) is { } state)
            return new(
                Name,
                Severity.Failure,
                $"{state.Name} closes {List(state.Closed)}",
                $"Open {(state.Closed.Count == 1 ? "it" : "them")}: {state.Open}.");
        return new(Name, Severity.Ok, $"none of this machine is seen to close {List(ports)}; a provider's cannot be seen from here");
    }

    private static string List(IReadOnlyList<int> ports) => $"port {string.Join(" and ", ports)}";
}
