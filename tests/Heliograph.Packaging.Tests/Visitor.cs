using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>Not a Signal client: visits the web site.</summary>
internal static class Visitor
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Requests the first page from a server that has reported where it listens, and returns the answer.</summary>
    public static async Task<string> VisitAsync(ChildProcess server)
    {
        var line = await server.WaitForLineAsync(static line => line.Contains("listening on", StringComparison.Ordinal), Limit);
        return await VisitAsync(IPEndPoint.Parse(line.Split("listening on")[1].Split(';')[0].Trim()));
    }

    public static Task<string> VisitAsync(IPEndPoint endpoint) => VisitAsync(endpoint, Limit);

    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="limit">For the whole visit.</param>
    public static async Task<string> VisitAsync(IPEndPoint endpoint, TimeSpan limit)
    {
        using var bound = new CancellationTokenSource(limit);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint, bound.Token);
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "proxy.example" }, bound.Token);
        await tls.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n"), bound.Token);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        return await reader.ReadToEndAsync(bound.Token);
    }
}
