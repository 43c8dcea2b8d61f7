using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Relay;

public class TransferTests(EchoRelay relay) : IClassFixture<EchoRelay>
{
    private const int Megabyte = 1024 * 1024;

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Megabytes_pass_unchanged_both_ways_on_parallel_connections(SslProtocols outer)
    {
        await Task.WhenAll(Enumerable.Range(1, 4).Select(async seed =>
        {
            await using var client = await TlsInTlsClient.ConnectAsync(relay.Client with { OuterProtocols = outer }, Bound.Token);
            Assert.Equal(outer, client.Outer.SslProtocol);
            await Echo.RoundTripAsync(client.Inner, seed, 8 * Megabyte);
        }));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_hundred_simultaneous_connections_each_get_their_own_bytes()
    {
        var clients = await Task.WhenAll(Enumerable.Range(1, 100).Select(_ => TlsInTlsClient.ConnectAsync(relay.Client, Bound.Token)));
        await Task.WhenAll(clients.Select((client, seed) => Echo.RoundTripAsync(client.Inner, seed, 20_000)));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_client_that_asks_for_an_IP_address_sends_no_server_name_and_is_relayed()
    {
        await using var client = await TlsInTlsClient.ConnectAsync(relay.Client with { OuterName = "127.0.0.1" }, Bound.Token);
        await Echo.RoundTripAsync(client.Inner, 1, 1000);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_inner_name_is_case_insensitive()
    {
        // An SslStream would send the name in lower case, so the hello is changed by hand and the upstream only records it.
        Proxy.NeedsHeliograph();
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = ProxySettings.Route("chat.signal.org", upstream.Endpoint) });
        var hello = await InnerHello.ForAsync("chat.signal.org");
        var name = hello.AsSpan().IndexOf("chat.signal.org"u8);
        "CHAT.Signal.oRG"u8.CopyTo(hello.AsSpan(name));
        await using var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client("unused.example"), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        var echoed = new byte[hello.Length];
        await client.Outer.ReadExactlyAsync(echoed, Bound.Token);
        Assert.Equal(hello, echoed);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_RSA_certificate_serves_as_well()
    {
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Rsa, EchoRelay.Host), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Key = TestKey.Rsa, Routes = ProxySettings.Route(EchoRelay.Host, signal.Endpoint) }, authority);
        await using var client = await TlsInTlsClient.ConnectAsync(proxy.Client(EchoRelay.Host), Bound.Token);
        var certificate = (X509Certificate2)client.Outer.RemoteCertificate!;
        Assert.NotNull(certificate.GetRSAPublicKey());
        await Echo.RoundTripAsync(client.Inner, 1, 100_000);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls13, false)]
    public async Task A_client_can_reconnect_with_or_without_session_resumption(SslProtocols outer, bool resume)
    {
        for (var visit = 0; visit < 3; visit++)
        {
            await using var client = await TlsInTlsClient.ConnectAsync(
                relay.Client with
                {
                    OuterProtocols = outer,
                    AllowResume = resume,
                },
                Bound.Token);
            await Echo.RoundTripAsync(client.Inner, visit, 1000);
        }
    }
}
