using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Heliograph.Relay.Listening;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>A listening socket that another process keeps, and two servers that inherit it one after the other.</summary>
public sealed partial class InheritedSocketTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;
    private readonly Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public InheritedSocketTests()
    {
        certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(16);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        listening.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task A_client_in_the_queue_when_one_server_stops_is_served_by_the_next()
    {
        var first = Start();
        Assert.Equal(listening.LocalEndPoint, first.EndPoint);
        using (var served = await first.ConnectAsync())
            await HandshakeAsync(served);
        Assert.Equal(0, await first.Server.DrainAsync(Bound));
        using var waits = await first.ConnectAsync();
        await first.DisposeAsync();
        using var waitsToo = await first.ConnectAsync();

        await using var second = Start();
        await HandshakeAsync(waits);
        await HandshakeAsync(waitsToo);
    }

    [Fact]
    public async Task A_drain_ends_after_the_handover_once_a_client_waits_and_not_before()
    {
        await using var relay = Start();
        using var open = await relay.ConnectAsync();
        await relay.HasAsync(1);
        var drained = relay.Server.DrainAsync(TimeSpan.FromHours(1), TimeSpan.Zero);
        await relay.Server.PingAsync();
        Assert.False(drained.IsCompleted, "the drain did not wait for the open connection, though nobody waits for the next server");

        using var waits = await relay.ConnectAsync();
        Assert.Equal(1, await drained.WaitAsync(Bound, Stop));
        Assert.Equal(0, await open.ReceiveAsync(new byte[1], Stop));
    }

    [Fact]
    public async Task A_client_that_was_in_the_queue_before_the_server_stopped_counts_as_waiting()
    {
        await using var relay = Start(maxConnections: 1);
        using var open = await relay.ConnectAsync();
        await relay.HasAsync(1);
        using var one = await relay.ConnectAsync();
        // Refused by the full server, and so taken from the queue: nobody waits.
        Assert.Equal(0, await one.ReceiveAsync(new byte[1], Stop));
        var drained = relay.Server.DrainAsync(TimeSpan.FromHours(1), TimeSpan.Zero);
        using var waits = await relay.ConnectAsync();
        Assert.Equal(1, await drained.WaitAsync(Bound, Stop));
    }

    [Fact]
    public void What_is_not_a_listening_TCP_socket_is_refused_in_a_few_words()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var datagram = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var file = File.OpenHandle("/dev/null");
        unix.Bind(new UnixDomainSocketEndPoint($"\0heliograph-test/{Guid.NewGuid():N}"));
        unix.Listen();
        Assert.Equal("it is not listening", Refusal(bound.SafeHandle));
        Assert.Equal("it is not a stream socket", Refusal(datagram.SafeHandle));
        Assert.Equal("its address is neither IPv4 nor IPv6", Refusal(unix.SafeHandle));
        Assert.Equal("it is not a socket", Refusal(file));
    }

    private static string Refusal(SafeHandle handle) =>
        Assert.Throws<RelayStartException>(() => InheritedSocket.Open((int)handle.DangerousGetHandle())).Message;

    private TestRelay Start(int maxConnections = 1000) =>
        TestRelay.Start(
            certificate,
            maxConnections: maxConnections,
            inherited: InheritedSocket.Open(Duplicate((int)listening.SafeHandle.DangerousGetHandle())));

    private async Task HandshakeAsync(Socket client)
    {
        await using var tls = new SslStream(new NetworkStream(client), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "proxy.example", CertificateChainPolicy = authority.ChainPolicy() }, Stop);
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);
}
