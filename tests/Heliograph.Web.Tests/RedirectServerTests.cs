using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Nginx;
using Heliograph.Web.Tests.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests;

/// <summary>Port 80 beside an nginx configured by certbot.</summary>
[Trait("Needs", "server")]
public sealed class RedirectServerTests : IAsyncLifetime
{
    private const string Token = "abc-DEF_123";
    private const string Authorization = "abc-DEF_123.thumbprint";

    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    private NginxProcess? nginx;
    private RedirectServer? server;

    public static TheoryData<string> Requests =>
    [
        "GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "GET /a/../b%20c?d=e#f HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: EXAMPLE.org:80\r\nConnection: close\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: www.example.org.\r\nConnection: close\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n",
        "GET http://example.org/x HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n",
        "GET http://example.org?x HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "POST /form HTTP/1.1\r\nHost: example.org\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
        "POST /form HTTP/1.1\r\nHost: example.org\r\nContent-Length: 9999999\r\nConnection: close\r\n\r\n",
        "BREW / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /page HTTP/1.0\r\nHost: example.org\r\n\r\n",
        "GET /page\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0 Chrome/1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: other.example\r\nUser-Agent: Mozilla/5.0 Chrome/1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: example.org\r\n\r\nGET /2 HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "GET /.well-known/acme-challenge/" + Token + " HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "GET /.well-known/acme-challenge/" + Token + " HTTP/1.0\r\nHost: example.org\r\n\r\n",
        "HEAD /.well-known/acme-challenge/" + Token + " HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "GET /.well-known/acme-challenge/unknown HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "\u0016\u0003\u0001",
        "nonsense\r\n",
    ];

    public async ValueTask InitializeAsync()
    {
        var prefix = NginxProcess.CreatePrefix();
        nginx = await NginxProcess.StartAsync(
            prefix,
            $$"""
            include {{ComparedNginx.MimeTypes}};
            default_type application/octet-stream;
            {{ComparedNginx.ServerTokens}}
            server {
                listen unix:PREFIX/80.sock;
                server_name example.org www.example.org;
                if ($host = www.example.org) { return 301 https://$host$request_uri; }
                if ($host = example.org) { return 301 https://$host$request_uri; }
                return 404;
            }
            server {
                listen unix:PREFIX/challenge.sock;
                location = /.well-known/acme-challenge/{{Token}} { default_type text/plain; return 200 {{Authorization}}; }
            }
            """,
            top: "",
            awaited: ["PREFIX/80.sock", "PREFIX/challenge.sock"]);
        server = await StartAsync(Anywhere);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (nginx is not null)
            await nginx.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Port_80_answers_as_nginx_after_certbot(string request)
    {
        var expected = await RawHttp.ExchangeAsync(
            DialTo.Path(nginx!.Prefix + (request.Contains(Token + " ", StringComparison.Ordinal) ? "/challenge.sock" : "/80.sock")),
            RawHttp.Bytes(request),
            finishSending: false);
        var actual = await ExchangeAsync(server!.Endpoints[0], request);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }

    [Fact]
    public async Task It_listens_on_both_families()
    {
        await using var both = await StartAsync(new IPEndPoint(IPAddress.IPv6Any, 0), Anywhere);
        Assert.Equal(2, both.Endpoints.Count);
        Assert.All(both.Endpoints, endPoint => Assert.NotEqual(0, endPoint.Port));
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            Assert.StartsWith(
                "HTTP/1.1 301",
                await ExchangeAsync(
                    new IPEndPoint(address, both.Endpoints[0].Port), "GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"),
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence()
    {
        var error = await Assert.ThrowsAsync<WebServerException>(() => StartAsync(server!.Endpoints[0]));
        Assert.Contains($"already listens on {server!.Endpoints[0]}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <remarks>The side that closes first keeps the port in TIME_WAIT for a minute: a restart must not wait for that.</remarks>
    [Fact]
    public async Task A_restarted_server_gets_its_port_at_once()
    {
        var endpoint = Anywhere;
        for (var start = 0; start < 2; start++)
        {
            await using var again = await StartAsync(endpoint);
            endpoint = again.Endpoints[0];
            Assert.StartsWith(
                "HTTP/1.1 301",
                await ExchangeAsync(endpoint, "GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_sentence()
    {
        var error = await Assert.ThrowsAsync<WebServerException>(() => StartAsync(new IPEndPoint(IPAddress.Parse("192.0.2.77"), 0)));
        Assert.Contains("192.0.2.77", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ExchangeAsync(IPEndPoint endPoint, string request)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, cancellation);
        await socket.SendAsync(RawHttp.Bytes(request), cancellation);
        using var stream = new NetworkStream(socket, ownsSocket: false);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, cancellation);
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    [Fact]
    public async Task Each_family_may_have_its_own_address_with_the_same_port()
    {
        var port = LoopbackPort.Free().Port;
        await using var server = await StartAsync(new(IPAddress.IPv6Any, port), new(IPAddress.Any, port));
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(new IPEndPoint(address, port), TestContext.Current.CancellationToken);
        }
    }

    private static Task<RedirectServer> StartAsync(params IPEndPoint[] listen) =>
        RedirectServer.StartAsync(
            listen,
            new Dictionary<IPEndPoint, int>(),
            "http_listen",
            ComparedProfile.Get(),
            ["example.org", "www.example.org"],
            token => token == Token ? Authorization : null,
            NullLogger.Instance);
}
