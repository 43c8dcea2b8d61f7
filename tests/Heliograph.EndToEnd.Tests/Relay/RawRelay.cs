using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>A proxy in front of a stand-in without TLS, for tests of TCP behaviour: closes, resets, full buffers.</summary>
internal sealed class RawRelay : IAsyncDisposable
{
    private const string Host = "storage.signal.org";

    private RawRelay(StandInSignal upstream, Proxy proxy)
    {
        Upstream = upstream;
        Proxy = proxy;
    }

    public StandInSignal Upstream { get; }

    public Proxy Proxy { get; }

    public static async Task<RawRelay> StartAsync(Func<StandInConnection, Task> behaviour, string limits = "")
    {
        var upstream = StandInSignal.StartRaw(behaviour);
        try
        {
            var routes = ProxySettings.Route(Host, upstream.Endpoint);
            return new RawRelay(upstream, await Proxy.StartAsync(new ProxySettings { Routes = routes, Limits = limits }));
        }
        catch
        {
            await upstream.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client whose hello has reached the upstream.</summary>
    public async Task<(TlsInTlsClient Client, StandInConnection Connection, byte[] Hello)> ConnectAsync()
    {
        var hello = await InnerHello.ForAsync(Host);
        var client = await TlsInTlsClient.ConnectOuterAsync(Proxy.Client(Host), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        return (client, await Upstream.NextAsync(Bound.Prompt), hello);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
