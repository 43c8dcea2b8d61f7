using System.Net;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Libsignal;

/// <summary>Signal's own client library through the program.</summary>
public class LibsignalTests(LibsignalProject libsignal) : IClassFixture<LibsignalProject>
{
    [Theory(Timeout = Bound.LongTest)]
    [InlineData(1, Proxy.Name, "off")]
    [InlineData(2, Proxy.Name, "off")]
    [InlineData(2, "127.0.0.1", "off")]
    [InlineData(1, Proxy.Name, "on")]
    [InlineData(2, Proxy.Name, "on")]
    public async Task Twenty_concurrent_connections_exchange_requests_and_megabytes(int httpVersion, string proxyHost, string padding)
    {
        using var authority = new TestAuthority();
        using var files = new TempDirectory();
        // The library resolves the proxy's name itself, and the only name that resolves to loopback everywhere is localhost.
        var host = proxyHost == Proxy.Name ? "localhost" : proxyHost;
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "localhost").WriteTo(files);
        var (server, chatPort) = await libsignal.StartChatServerAsync(chain, key, httpVersion);
        await using var _ = server;
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route("localhost", new IPEndPoint(IPAddress.Loopback, chatPort)),
                More = Proxy.IsNginxPair ? "" : $"relay: {{ first_flight_padding: {padding} }}",
            },
            authority);
        await File.WriteAllBytesAsync(files["root.der"], authority.Root.RawData, Bound.Token);

        var (exitCode, output, errors) = await libsignal.DriveAsync(
            files.Write("root.pem", authority.RootPem), TimeSpan.FromSeconds(60),
            "chat", host, $"{proxy.Endpoint.Port}", $"{chatPort}", files["root.der"], $"{httpVersion}", "20", $"{1024 * 1024}");

        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("20 concurrent connections, 80 requests answered", output, StringComparison.Ordinal);
        Assert.Equal(20, Count(server.Output, httpVersion == 2 ? "connection over HTTP/2" : "connection over HTTP/1.1"));
        Assert.Equal(20, Count(server.Output, $" {1024 * 1024}\n"));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_hello_for_Signals_production_reaches_the_upstream_exactly()
    {
        const string Host = "grpc.chat.signal.org";
        using var authority = new TestAuthority();
        using var files = new TempDirectory();
        // Reads the hello and closes without an answer: the library then gives up at once.
        await using var upstream = StandInSignal.StartRaw(async connection =>
            _ = await connection.Data.ReadAsync(new byte[16 * 1024], connection.Stopping));
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = ProxySettings.Route(Host, upstream.Endpoint) }, authority);

        var (exitCode, output, errors) = await libsignal.DriveAsync(
            files.Write("root.pem", authority.RootPem), TimeSpan.FromSeconds(30), "production", "localhost", $"{proxy.Endpoint.Port}");

        Assert.True(exitCode == 0, output + errors);
        var connection = await upstream.NextAsync(Bound.Prompt);
        await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token);
        AssertOneHello(connection.Raw.Beginning(), Host);
    }

    // One handshake record, its lengths and its server name right to the last byte: nothing was lost, added or cut.
    private static void AssertOneHello(byte[] bytes, string host)
    {
        Assert.InRange(bytes.Length, 200, 600);
        Assert.Equal([0x16, 0x03, 0x01], bytes[..3]);
        Assert.Equal(bytes.Length - 5, (bytes[3] << 8) | bytes[4]);
        Assert.Equal(0x01, bytes[5]);
        Assert.Equal(bytes.Length - 9, (bytes[6] << 16) | (bytes[7] << 8) | bytes[8]);
        Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(host)) > 0, "the server name is not in the hello");
        Assert.True(bytes.AsSpan().IndexOf("\u0002h2"u8) > 0, "libsignal's chat hello asks for h2");
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
