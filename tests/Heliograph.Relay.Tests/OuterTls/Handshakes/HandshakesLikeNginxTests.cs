using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Tests.Fingerprints;
using Heliograph.Relay.Tests.Server;
using Heliograph.Relay.Upstream;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Hellos;
using Heliograph.Testing.Tls13;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>
/// What a client may send in a handshake of TLS 1.3: each is answered with the same records, messages and alerts as by a real nginx.
/// </summary>
[Trait("Needs", "server")]
public sealed class HandshakesLikeNginxTests(HandshakeServers servers)
{
    public static TheoryData<string> Hellos => [.. HelloCases.All.Keys];

    public static TheoryData<string> Extensions => [.. ExtensionCases.All.Keys];

    public static TheoryData<string> Wires => [.. WireCases.All.Keys];

    public static TheoryData<string> Behind => [.. WireCases.Behind.Keys];

    public static TheoryData<string> Steps => [.. StepCases.All.Keys];

    public static TheoryData<string> Resumptions => [.. ResumptionCases.All.Keys];

    public static TheoryData<string> Answers => [.. FinishedCases.All.Keys];

    public static TheoryData<int> HelloSeeds => [.. Enumerable.Range(1, 400)];

    public static TheoryData<int> AnswerSeeds => [.. Enumerable.Range(1, 200)];

    public static TheoryData<string> Captured => [.. HelloFixture.Names];

    /// <summary>Otherwise the other tests would show nothing.</summary>
    [Fact]
    public async Task A_server_on_SslStream_differs_from_nginx()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(TestKey.Ecdsa, "proxy.example").Load();
        await using var server = new SslStreamServer(certificate);

        var story = await HandshakeServers.TellAsync(server.EndPoint, static async visitor =>
        {
            var client = await visitor.ConnectAsync();
            await client.OfferAsync(RawHello.Ordinary);
            Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
            await client.SendAsync(client.ProtectFinished());
            client.EndSending();
            await client.ReadToEndAsync();
        });

        // OpenSSL 3.5 lists its groups in them, 3.0 says nothing.
        Assert.Contains(": EncryptedExtensions 00", story, StringComparison.Ordinal);
        Assert.Contains("Finished, right\n", story, StringComparison.Ordinal);
        Assert.DoesNotContain("86400 s", story, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task A_hello_is_answered_as_by_nginx(string hello)
    {
        await servers.CompareAsync(client => Deeds.OfferAndFinishAsync(client, HelloCases.All[hello]));
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public async Task An_extension_is_answered_as_by_nginx(string extension)
    {
        await servers.CompareAsync(client => Deeds.OfferAndFinishAsync(client, ExtensionCases.All[extension]));
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task A_hello_on_the_wire_is_answered_as_by_nginx(string wire)
    {
        await servers.CompareAsync(async client =>
        {
            client.Say(RawHello.Ordinary.ToMessage());
            await client.SendAsync(WireCases.All[wire]);
            await Deeds.FinishAsync(client, RawHello.Ordinary);
        });
    }

    [Theory]
    [MemberData(nameof(Behind))]
    public async Task What_is_wrong_after_a_hello_is_answered_as_by_nginx(string wire)
    {
        await servers.CompareAsync(async client =>
        {
            client.Say(RawHello.Ordinary.ToMessage());
            await client.SendAsync(WireCases.Behind[wire]);
            await client.ReadToEndAsync();
        });
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Steps_are_answered_as_by_nginx(string steps)
    {
        await servers.CompareAsync(StepCases.All[steps]);
    }

    [Theory]
    [MemberData(nameof(Resumptions))]
    public async Task Resuming_is_answered_as_by_nginx(string with)
    {
        await servers.CompareVisitsAsync(ResumptionCases.All[with]);
    }

    /// <summary>The seed is the name: each is the same hello in every run.</summary>
    [Theory]
    [MemberData(nameof(HelloSeeds))]
    public async Task A_randomly_changed_hello_is_answered_as_by_nginx(int seed)
    {
        var message = MutatedHello.Create(seed);
        await servers.CompareAsync(async client =>
        {
            client.Say(message);
            await client.SendAsync(RawHello.Record(22, message, 0x0301));
            // A server that waits for more learns that there is none.
            client.EndSending();
            await client.ReadToEndAsync();
        });
    }

    [Theory]
    [MemberData(nameof(AnswerSeeds))]
    public async Task Random_records_after_the_servers_flight_are_answered_as_by_nginx(int seed)
    {
        await servers.CompareAsync(client => Deeds.AnswerAsync(client, client => RandomAnswer.Create(client, seed)));
    }

    /// <summary>Every observer on the way sees how the bytes were written.</summary>
    [Theory]
    [InlineData("Ecdsa")]
    [InlineData("Rsa")]
    public async Task The_flight_and_the_tickets_come_in_as_many_segments_as_from_nginx(string certificate)
    {
        await servers.CompareAsync(
            static async client =>
            {
                await client.OfferAsync(RawHello.Ordinary);
                Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
                client.TellSegments();
                await client.SendAsync(client.ProtectFinished());
                await client.ReadTicketsAsync(2);
                client.TellSegments();
                await client.SendAsync(client.Sending.Protect(23, Deeds.Request));
                await client.ReadToEndAsync();
            },
            Enum.Parse<TestedCertificate>(certificate));
    }

    [Fact]
    public async Task Data_keep_to_the_max_fragment_length()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        using var authority = new TestAuthority();
        await using var relay = TestRelay.Start(
            authority.Issue(TestKey.Ecdsa, "proxy.example"),
            decoy: new UpstreamEndpoint.Tcp("127.0.0.1", ((IPEndPoint)upstream.LocalEndpoint).Port));
        using var client = await RawHandshake.ConnectAsync(relay.EndPoint, TestContext.Current.CancellationToken);
        await client.OfferAsync(RawHello.Ordinary.With(1, 1));
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync([.. client.ProtectFinished(), .. client.Sending.Protect(23, Deeds.Request)]);
        using (var accepted = await upstream.AcceptSocketAsync(TestContext.Current.CancellationToken))
            await accepted.SendAsync(new byte[3000]);
        await client.ReadToEndAsync();

        Assert.Equal(512, client.LongestData);
    }

    /// <summary>Everything as the client sent it then, except for the keys: for the groups that the test knows they are its own.</summary>
    [Theory]
    [MemberData(nameof(Captured))]
    public async Task A_real_clients_hello_is_answered_as_by_nginx(string client)
    {
        var hello = RawHello.Parse(HelloFixture.Load(client).Bytes.AsSpan(5)).WithOwnShares();
        await servers.CompareAsync(probe => Deeds.OfferAndFinishAsync(probe, hello));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_follows_the_servers_flight_is_answered_as_by_nginx(string answer)
    {
        await servers.CompareAsync(client => Deeds.AnswerAsync(client, FinishedCases.All[answer]));
    }

    [Theory]
    [InlineData("Rsa", "nothing unusual")]
    [InlineData("Rsa", "no signature_algorithms")]
    [InlineData("Rsa", "signature_algorithms with ecdsa_secp256r1_sha256 last")]
    [InlineData("Rsa", "signature_algorithms with another curve's")]
    [InlineData("Rsa", "no supported_versions")]
    [InlineData("Rsa", "TLS_AES_256_GCM_SHA384 only")]
    [InlineData("Long", "nothing unusual")]
    [InlineData("Long", "TLS_AES_256_GCM_SHA384 only")]
    [InlineData("Long", "no supported_versions")]
    public async Task A_hello_is_answered_as_by_nginx_with_another_certificate(string certificate, string hello)
    {
        await servers.CompareAsync(
            client => Deeds.OfferAndFinishAsync(client, HelloCases.All[hello]), Enum.Parse<TestedCertificate>(certificate));
    }
}
