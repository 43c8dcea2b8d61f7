using System.Net;
using Heliograph.Configuration;
using Heliograph.Hosting.Systemd;
using Heliograph.Relay;

namespace Heliograph.Hosting;

/// <summary>
/// Whether a program that takes the place of this process, with its sockets, could listen wherever the configuration says. Nothing of this
/// process is changed; where it does not listen yet, it does so for a moment.
/// </summary>
internal static class AddressRehearsal
{
    /// <param name="settings">Of the next program.</param>
    /// <param name="passed">The sockets that it gets.</param>
    /// <param name="metrics">Where this process serves metrics: these sockets end with it.</param>
    /// <returns>What it would say and end; each a sentence.</returns>
    public static IReadOnlyList<string> FindProblems(
        Settings settings, IReadOnlyList<PassedDescriptor> passed, IReadOnlyList<IPEndPoint> metrics)
    {
        try
        {
            var sockets = ActivatedSockets.Match(passed, settings);
            // They are closed until then, but not now: nobody can try their ports.
            var closing = sockets.Surplus.Select(static socket => socket.Endpoint.Port)
                .Concat(metrics.Select(static endpoint => endpoint.Port))
                .ToHashSet();
            IReadOnlyList<IReadOnlyList<IPEndPoint>> lists =
                [settings.Listen, settings.HttpListen, settings.IsMetricsListenDefault ? [] : settings.MetricsListen];
            return
            [
                .. lists.SelectMany(list => list
                    .Where(address => !sockets.Inherited.ContainsKey(address))
                    .Select(address =>
                        FindTwin(address, sockets, passed) ?? (closing.Contains(address.Port) ? null : FindProblem(address, list)))
                    .OfType<string>()),
            ];
        }
        catch (StartException exception)
        {
            return [exception.Message];
        }
    }

    /// <summary>A socket of our own for <c>[::]</c> takes IPv4 too, unless 0.0.0.0 was configured when it was opened.</summary>
    private static string? FindTwin(IPEndPoint address, ActivatedSockets sockets, IReadOnlyList<PassedDescriptor> passed) =>
        address.Address.Equals(IPAddress.Any)
        && sockets.Inherited.GetValueOrDefault(new IPEndPoint(IPAddress.IPv6Any, address.Port)) is { IsIpv6Only: false } both
        && passed.Any(one => one.Number == both.Descriptor && one.Name == PassedDescriptor.OwnName)
            ? $"{address} cannot be added by a restart in place, because {both.Endpoint} takes IPv4 too and stays open; use: systemctl " +
                $"restart heliograph"
            : null;

    private static string? FindProblem(IPEndPoint address, IReadOnlyList<IPEndPoint> list)
    {
        try
        {
            RelayServer.RequireFree(address, list);
            return null;
        }
        catch (RelayStartException exception)
        {
            return exception.Message;
        }
    }
}
