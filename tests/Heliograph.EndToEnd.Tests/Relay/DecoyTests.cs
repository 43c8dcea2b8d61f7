using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Streams;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>To everyone but a Signal client, the proxy is a web server.</summary>
public class DecoyTests(EchoRelay relay) : IClassFixture<EchoRelay>
{
    [Fact(Timeout = Bound.Test)]
    public async Task A_browser_sees_the_same_site_over_both_versions_of_HTTP()
    {
        var page = await Visitor.GetAsync(relay.Proxy, HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.StartsWith("nginx", page.Server, StringComparison.Ordinal);
        Assert.Contains("<title>", page.Body, StringComparison.Ordinal);
        Assert.Equal(page, await Visitor.GetAsync(relay.Proxy, HttpVersion.Version20));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_missing_page_is_nginxs_404_over_both_versions_of_HTTP()
    {
        var page = await Visitor.GetAsync(relay.Proxy, HttpVersion.Version11, "/no-such-page");
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("<center>nginx", page.Body, StringComparison.Ordinal);
        Assert.Equal(page, await Visitor.GetAsync(relay.Proxy, HttpVersion.Version20, "/no-such-page"));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("telegram.org")]
    [InlineData("denied.signal.org")]
    [InlineData("chat.signal.org.example")]
    [InlineData("127.0.0.1")]
    public async Task A_hello_for_a_name_that_is_not_routed_gets_the_web_servers_answer(string name)
    {
        // The last "name" is an address: a hello without SNI.
        var before = relay.Signal.Accepted;
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(relay.Client, await InnerHello.ForAsync(name)));
        Assert.Equal(before, relay.Signal.Accepted);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_denied_hello_in_small_pieces_gets_the_web_servers_answer()
    {
        var hello = HelloFragmentingStream.Fragment(await InnerHello.ForAsync("telegram.org"), 20);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(relay.Client, Bound.Token);
        await using var pieces = new SplittingStream(client.Outer, 3);
        // The server answers and closes when it has seen enough; later writes may fail.
        var writing = pieces.WriteAsync(hello, Bound.Token).AsTask();
        var start = new byte[24];
        await client.Outer.ReadExactlyAsync(start, Bound.Token);
        Assert.Equal("HTTP/1.1 400 Bad Request", Encoding.ASCII.GetString(start));
        await Task.WhenAny(writing);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("\u00ff\u00fe\u00fd garbage\r\n\r\n")]
    [InlineData("\u0000\u0001\u0002\u0003\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n\r\n")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0001\u0000\r\n\r\n")]
    public async Task Garbage_gets_the_web_servers_answer(string garbage) =>
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(relay.Client, Encoding.Latin1.GetBytes(garbage)));

    [Fact(Timeout = Bound.Test)]
    public async Task Half_a_hello_and_then_the_end_gets_the_web_servers_answer()
    {
        Proxy.NeedsHeliograph();
        var hello = await InnerHello.ForAsync(EchoRelay.Host);
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(relay.Client, hello.AsMemory(0, hello.Length / 2), thenEnd: true));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Plain_HTTP_on_the_TLS_port_is_answered_as_nginx_answers_it()
    {
        Proxy.NeedsHeliograph();
        var answer = await Visitor.PlainAnswerAsync(relay.Proxy.Endpoint, Encoding.ASCII.GetBytes(Visitor.Request));
        Visitor.AssertBadRequest(answer);
        Assert.Contains("The plain HTTP request was sent to HTTPS port", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_client_that_negotiates_h2_is_never_relayed()
    {
        Proxy.NeedsHeliograph();
        var before = relay.Signal.Accepted;
        await using var client = await TlsInTlsClient.ConnectOuterAsync(
            relay.Client with
            {
                OuterAlpn = [SslApplicationProtocol.Http2],
            },
            Bound.Token);
        Assert.Equal(SslApplicationProtocol.Http2, client.Outer.NegotiatedApplicationProtocol);
        // The web server speaks first: SETTINGS (RFC 9113, 3.4), before the client sends a byte.
        var frame = new byte[9];
        await client.Outer.ReadExactlyAsync(frame, Bound.Token);
        Assert.Equal(4, frame[3]);
        await client.Outer.WriteAsync(await InnerHello.ForAsync(EchoRelay.Host), Bound.Token);
        try
        {
            await client.Outer.CopyToAsync(Stream.Null, Bound.Token);
        }
        catch (IOException)
        {
            // The web server may reset a connection that is not HTTP/2.
        }
        Assert.Equal(before, relay.Signal.Accepted);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Curl_gets_the_page(string version)
    {
        using var files = new TempDirectory();
        var (exitCode, output, errors) = await ChildProcess.RunAsync("curl",
            ["--silent", "--show-error", "--include", version, "--cacert", files.Write("root.pem", relay.Proxy.Authority.RootPem),
                "--connect-to", $"{Proxy.Name}:443:{relay.Proxy.Endpoint}", $"https://{Proxy.Name}/"],
            TimeSpan.FromSeconds(20));
        Assert.True(exitCode == 0, errors);
        Assert.StartsWith(version == "--http2" ? "HTTP/2 200" : "HTTP/1.1 200", output, StringComparison.Ordinal);
        Assert.Contains("\nserver: nginx", output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<title>", output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_s_client_gets_the_page(string version)
    {
        // nginx's stream module ends without close_notify, which s_client calls an error; nginx's web server and Heliograph send one.
        Proxy.NeedsHeliograph();
        using var files = new TempDirectory();
        files.Write("request", Visitor.Request);
        files.Write("root.pem", relay.Proxy.Authority.RootPem);
        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "sh",
            [
                "-c",
                $"openssl s_client -quiet -ign_eof {version} -connect {relay.Proxy.Endpoint} -servername {Proxy.Name} -verify_hostname " +
                $"{Proxy.Name} -CAfile root.pem -verify_return_error < request",
            ],
            TimeSpan.FromSeconds(20),
            files.Path);
        Assert.True(exitCode == 0, errors);
        Assert.StartsWith("HTTP/1.1 200 OK", output, StringComparison.Ordinal);
        Assert.Contains("<title>", output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task TLS_1_1_and_older_is_refused()
    {
        var (exitCode, _, errors) = await ChildProcess.RunAsync("openssl",
            ["s_client", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", relay.Proxy.Endpoint.ToString()], TimeSpan.FromSeconds(20));
        Assert.NotEqual(0, exitCode);
        Assert.Contains("alert protocol version", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Visitors_and_Signal_clients_are_served_side_by_side()
    {
        await using var client = await TlsInTlsClient.ConnectAsync(relay.Client, Bound.Token);
        for (var visit = 0; visit < 10; visit++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Visitor.GetAsync(relay.Proxy, HttpVersion.Version11)).Status);
            await Echo.RoundTripAsync(client.Inner, visit, 1000);
        }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_visitor_who_disconnects_during_the_handshake_does_not_affect_others()
    {
        for (var i = 0; i < 20; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(relay.Proxy.Endpoint, Bound.Token);
            await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01 }, Bound.Token);
            if (i % 2 == 0)
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        Assert.Equal(HttpStatusCode.OK, (await Visitor.GetAsync(relay.Proxy, HttpVersion.Version11)).Status);
    }
}
