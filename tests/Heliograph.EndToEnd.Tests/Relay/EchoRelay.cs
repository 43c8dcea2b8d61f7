using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>A proxy in front of an echoing stand-in, shared by the tests of a class.</summary>
public sealed class EchoRelay : IAsyncLifetime
{
    public const string Host = "chat.signal.org";

    private readonly TestAuthority authority = new();
    private StandInSignal? signal;
    private Proxy? proxy;

    internal Proxy Proxy => proxy!;

    internal StandInSignal Signal => signal!;

    internal TlsInTlsOptions Client => Proxy.Client(Host);

    public async ValueTask InitializeAsync()
    {
        signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Host), StandInBehaviour.EchoAsync);
        proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = ProxySettings.Route(Host, signal.Endpoint) }, authority);
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
            await proxy.DisposeAsync();
        if (signal is not null)
            await signal.DisposeAsync();
        authority.Dispose();
    }
}
