using System.Net;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

public class AddressGuardTests
{
    // A loopback address that nothing else uses, for Signal's port.
    private static readonly IPEndPoint Private = new(IPAddress.Parse("127.83.19.9"), 443);

    [Fact(Timeout = Bound.Test)]
    public async Task A_built_in_route_is_never_dialled_at_a_private_address_whatever_DNS_answers()
    {
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        using var files = new TempDirectory();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(Private);
        listener.Listen();
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Sets = "[signal]",
            // The operator's own route to the same name may go there: this shows that the false answer is used.
            NamedRoutes = new Dictionary<string, string>(StringComparer.Ordinal) { ["explicit.example"] = "storage.signal.org:443" },
            Wrapper = PrivateMounts.Over("/etc/hosts", files.Write("hosts", $"{Private.Address} storage.signal.org\n")),
        });

        Visitor.AssertBadRequest(
            await Visitor.AnswerAsync(proxy.Client("storage.signal.org"), await InnerHello.ForAsync("storage.signal.org")));
        Assert.False(listener.Poll(0, SelectMode.SelectRead), "the private address was dialled");

        var hello = await InnerHello.ForAsync("explicit.example");
        await using var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client("explicit.example"), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        using var dialled = await listener.AcceptAsync(Bound.Token);
        var received = new byte[hello.Length];
        await using var stream = new NetworkStream(dialled);
        await stream.ReadExactlyAsync(received, Bound.Token);
        Assert.Equal(hello, received);
    }
}
