using Heliograph.HostLists;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a list of hosts whose signature was good.</summary>
internal static class HostListTarget
{
    private const int MostHosts = 256, LongestMessage = 300;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var list = HostListReader.Read(bytes.ToArray(), out var problem);
        FaultException.Unless(list is null == problem is not null, "it is neither taken nor refused");
        FaultException.Unless(
            problem is null || (problem.Length <= LongestMessage && !problem.Any(char.IsControl)), $"the message is \"{problem}\"");
        if (list is null)
            return;
        var table = RouteTable.Create(
            HostList.SetNames, new Dictionary<string, UpstreamEndpoint>(StringComparer.Ordinal), ["signal.org"], list);
        FaultException.Unless(table.Routes.All(static route => route.PublicOnly), "a route may lead to a private address");
        FaultException.Unless(table.Routes.Count() <= HostList.SetNames.Count * 2 * MostHosts, "there are more hosts than it may have");
        FaultException.Unless(!list.WebSites.Any(table.IsInZone), "a web site may be found");
        FaultException.Unless(ListDifference.Between(list, list).Count == 0, "it differs from itself");
        FaultException.Unless(
            ListDifference.Between(HostList.BuiltIn, list).All(static line => !line.Any(char.IsControl)),
            "what it changes is not one line each");
    }
}
