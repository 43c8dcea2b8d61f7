using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>Visitors without a Signal client: browsers and scanners.</summary>
internal static class Visitor
{
    public const string Request = $"GET / HTTP/1.1\r\nHost: {Proxy.Name}\r\nConnection: close\r\n\r\n";

    /// <summary>A page as a browser gets it: certificate checked, with exactly this version of HTTP.</summary>
    public static Task<Page> GetAsync(Proxy proxy, Version version, string path = "/") =>
        GetAsync(proxy.Endpoint, proxy.Authority, Proxy.Name, version, path);

    /// <summary>The same for any site.</summary>
    /// <param name="endpoint">Where to connect.</param>
    /// <param name="authority">The authority that the browser trusts.</param>
    /// <param name="host">The site's name.</param>
    /// <param name="version">The HTTP version.</param>
    /// <param name="path">The page's path.</param>
    /// <param name="from">The address that the browser connects from.</param>
    public static async Task<Page> GetAsync(
        IPEndPoint endpoint, TestAuthority authority, string host, Version version, string path = "/", IPAddress? from = null)
    {
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = authority.ChainPolicy() },
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (from is not null)
                    socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(endpoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{host}{path}")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, Bound.Token);
        Assert.Equal(version, response.Version);
        return new Page(response.StatusCode, response.Headers.Server.ToString(), await response.Content.ReadAsStringAsync(Bound.Token));
    }

    /// <summary>Sends bytes over TLS and reads until the server closes.</summary>
    public static async Task<string> AnswerAsync(TlsInTlsOptions options, ReadOnlyMemory<byte> bytes, bool thenEnd = false)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(options, Bound.Token);
        await client.Outer.WriteAsync(bytes, Bound.Token);
        if (thenEnd)
            await client.Outer.ShutdownAsync();
        return await ReadToEndAsync(client.Outer);
    }

    /// <summary>Sends bytes without TLS and reads until the server closes.</summary>
    public static async Task<string> PlainAnswerAsync(IPEndPoint endpoint, ReadOnlyMemory<byte> bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint, Bound.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(bytes, Bound.Token);
        return await ReadToEndAsync(stream);
    }

    /// <summary>A web server's answer to something that is not HTTP.</summary>
    public static void AssertBadRequest(string answer)
    {
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nServer: nginx", answer, StringComparison.Ordinal);
    }

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, Bound.Token);
        }
        catch (IOException)
        {
            // A reset after the answer, because of bytes that the server did not read.
        }
        return Encoding.Latin1.GetString(all.ToArray());
    }
}

/// <summary>What a visitor sees of a page.</summary>
internal sealed record Page(HttpStatusCode Status, string Server, string Body);
