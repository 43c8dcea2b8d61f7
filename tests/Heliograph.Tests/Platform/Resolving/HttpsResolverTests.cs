using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Heliograph.Checking;
using Heliograph.Platform;
using Heliograph.Platform.Resolving;
using Heliograph.Testing;
using Heliograph.Testing.Bind;
using Heliograph.Testing.Certificates;

namespace Heliograph.Tests.Platform.Resolving;

/// <summary>DNS over HTTPS, with a BIND that answers it; and with servers that do not.</summary>
[Trait("Needs", "server")]
public sealed class HttpsResolverTests : IDisposable
{
    private const string Name = "dns.heliograph.test";

    private static readonly IPAddress[] Bootstrap = [IPAddress.Loopback];

    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task Both_families_are_found_behind_aliases_and_a_missing_name_is_an_answer()
    {
        await using var server = await HttpsNameServer.StartAsync(authority.Issue(TestKey.Ecdsa, Name), """
            chat IN CNAME one
            one IN CNAME two
            two IN A 192.0.2.1
            two IN A 192.0.2.2
            two IN AAAA 2001:db8::1
            text IN TXT "no address"
            """);
        using var resolver = Create(server.Address.Port);

        var found = await resolver.ResolveAsync("Chat.heliograph.test", Bound.Token);
        Assert.Equal(
            ["192.0.2.1", "192.0.2.2", "2001:db8::1"], found.Select(static address => address.ToString()).Order(StringComparer.Ordinal));
        foreach (var missing in (string[])["nowhere.heliograph.test", "text.heliograph.test", new string('a', 64) + ".heliograph.test"])
        {
            Assert.True(AbsoluteName.IsMissing(
                await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync(missing, Bound.Token))));
        }
        // Of a zone that it does not serve; that says nothing about the others.
        var refused = await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync("chat.signal.org", Bound.Token));
        Assert.Equal((false, "answers with the DNS error 5"), (AbsoluteName.IsMissing(refused), refused.Message));
        Assert.Null(resolver.Problem);
        Assert.All(await resolver.ResolveAsync("localhost", Bound.Token), static address => Assert.True(IPAddress.IsLoopback(address)));

        var finding = await UpstreamResolverCheck.RunAsync(resolver, "chat.heliograph.test", Bound.Token);
        Assert.Equal((Severity.Ok, $"{resolver} has 3 addresses for chat.heliograph.test"), (finding.Severity, finding.Seen));
        finding = await UpstreamResolverCheck.RunAsync(resolver, "nowhere.heliograph.test", Bound.Token);
        Assert.Equal((Severity.Failure, $"{resolver} has no address for nowhere.heliograph.test"), (finding.Severity, finding.Seen));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Why_it_does_not_answer_is_said_once_and_so_is_that_it_answers_again()
    {
        var place = LoopbackPort.Free();
        using var resolver = Create(place.Port);
        var told = new List<string?>();
        resolver.Changed = told.Add;

        await FailsAsync(resolver, "cannot be reached: no connection (IPv4: connection refused)");
        await FailsAsync(resolver, "cannot be reached: no connection (IPv4: connection refused)");
        await using (await HttpsNameServer.StartAsync(authority.Issue(TestKey.Ecdsa, Name), "chat IN A 192.0.2.1", place))
            Assert.Single(await resolver.ResolveAsync("chat.heliograph.test", Bound.Token));

        Assert.Equal(["cannot be reached: no connection (IPv4: connection refused)", null], told);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(Name, "/elsewhere", "answers with HTTP status 404")]
    [InlineData("other.example", "/dns-query", "shows a certificate for another name")]
    public async Task A_server_that_is_asked_wrongly_is_named(string certifiedName, string path, string problem)
    {
        await using var server = await HttpsNameServer.StartAsync(authority.Issue(TestKey.Ecdsa, certifiedName), "");
        using var resolver = Create(server.Address.Port, path);

        await FailsAsync(resolver, problem);
        var finding = await UpstreamResolverCheck.RunAsync(resolver, "chat.heliograph.test", Bound.Token);
        Assert.Equal((Severity.Failure, $"{resolver} {problem}"), (finding.Severity, finding.Seen));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        using var stranger = new TestAuthority();
        await using var server = await HttpsNameServer.StartAsync(stranger.Issue(TestKey.Ecdsa, Name), "");
        using var resolver = Create(server.Address.Port);

        var exception = await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync("chat.heliograph.test", Bound.Token));
        Assert.False(AbsoluteName.IsMissing(exception));
        Assert.StartsWith("shows a certificate that is not trusted (", resolver.Problem, StringComparison.Ordinal);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("200 OK", "sends what is no DNS message")]
    [InlineData("200 OK\r\nContent-Type: application/dns-message", "sends what is no DNS message")]
    [InlineData("302 Found\r\nLocation: https://elsewhere.example/", "answers with HTTP status 302")]
    [InlineData("503 No", "answers with HTTP status 503")]
    public async Task A_web_server_that_is_no_resolver_is_named(string answer, string problem)
    {
        await using var receiver = new FakeReceiver(authority.Issue(TestKey.Ecdsa, Name), answer);
        using var resolver = Create(receiver.Endpoint.Port);

        await FailsAsync(resolver, problem);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_answer_that_no_message_can_be_is_not_read_to_its_end()
    {
        const string Head = "200 OK\r\nContent-Type: application/dns-message\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n";
        var endless = Head + new string('a', 70_000);
        await using var receiver = new FakeReceiver(authority.Issue(TestKey.Ecdsa, Name), endless);
        using var resolver = Create(receiver.Endpoint.Port);

        await FailsAsync(resolver, "sends an answer of more than 65535 bytes");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_port_that_does_not_speak_TLS_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(
            listener, static async stream => await stream.WriteAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(), Bound.Token));
        using var resolver = Create(((IPEndPoint)listener.LocalEndpoint).Port);

        await FailsAsync(resolver, "fails the TLS handshake");
        listener.Stop();
        await serving;
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_that_ends_in_the_middle_of_its_answer_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var certificate = authority.Issue(TestKey.Ecdsa, Name).Load();
        var serving = ServeAsync(listener, async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Bound.Token);
            _ = await tls.ReadAsync(new byte[1024], Bound.Token);
            await tls.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: 100\r\n\r\n"u8.ToArray(), Bound.Token);
        });
        using var resolver = Create(((IPEndPoint)listener.LocalEndpoint).Port);

        await FailsAsync(resolver, "breaks off its answer, or does not speak HTTP");
        listener.Stop();
        await serving;
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_that_keeps_still_is_given_up_after_its_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        using var resolver = Create(((IPEndPoint)silent.LocalEndpoint).Port, timeProvider: time);

        var asking = Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync("chat.heliograph.test", Bound.Token));
        time.Advance(HttpsResolver.Limit);
        await asking;

        Assert.Equal("does not answer within 5 seconds", resolver.Problem);
    }

    /// <summary>Answers each connection and closes it, until the listener stops.</summary>
    private static async Task ServeAsync(TcpListener listener, Func<NetworkStream, Task> answer)
    {
        while (true)
        {
            try
            {
                await using var stream = new NetworkStream(await listener.AcceptSocketAsync(Bound.Token), ownsSocket: true);
                await answer(stream);
            }
            catch (IOException)
            {
                // The resolver has left.
            }
            catch (Exception exception) when (exception is SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private HttpsResolver Create(int port, string path = "/dns-query", TimeProvider? timeProvider = null) =>
        new(new Uri($"https://{Name}:{port}{path}"), Bootstrap, timeProvider ?? TimeProvider.System, [authority.Root]);

    private static async Task FailsAsync(HttpsResolver resolver, string problem)
    {
        var exception = await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync("chat.heliograph.test", Bound.Token));
        Assert.False(AbsoluteName.IsMissing(exception));
        Assert.Equal(problem, resolver.Problem);
    }
}
