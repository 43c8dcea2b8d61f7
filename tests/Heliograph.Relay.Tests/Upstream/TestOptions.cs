using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Tests.Upstream;

/// <summary>Options for what needs only a few of them.</summary>
internal static class TestOptions
{
    public static RelayOptions Create()
    {
        var nowhere = new UpstreamEndpoint.Tcp("127.0.0.1", 9);
        return new()
        {
            Listen = [],
            Routes = RouteTable.Create([], new Dictionary<string, UpstreamEndpoint>()),
            Decoy = new() { Http1 = nowhere, PlainHttp = nowhere },
        };
    }
}
