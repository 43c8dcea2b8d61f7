using System.Net.Sockets;
using System.Text;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.UpstreamProxies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Relay.Tests.Upstream;

/// <summary>What a proxy may answer, well and badly: a fake sends it, on a socket of the loop's.</summary>
public sealed class UpstreamProxyTests : IDisposable
{
    private static readonly byte[] Method = [5, 0];
    private static readonly byte[] Connected = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80];
    private static readonly byte[] ConnectedByName = [5, 0, 0, 3, 3, (byte)'a', (byte)'.', (byte)'b', 0, 80];
    private static readonly byte[] ConnectedByIpv6 = [5, 0, 0, 4, .. new byte[16], 0, 80];
    private static readonly byte[] Established = "HTTP/1.0 200 Connection established\r\nProxy-Agent: a\r\n\r\n"u8.ToArray();

    private readonly EventLoop loop = new("test", TimeProvider.System, static _ => { });
    private readonly ServerCounters counters = new();

    public UpstreamProxyTests() => loop.Start();

    public static TheoryData<UpstreamProxyProtocol, string> Good => new()
    {
        { UpstreamProxyProtocol.Socks5, Convert.ToHexString(Connected) },
        { UpstreamProxyProtocol.Socks5, Convert.ToHexString(ConnectedByName) },
        { UpstreamProxyProtocol.Socks5, Convert.ToHexString(ConnectedByIpv6) },
        { UpstreamProxyProtocol.HttpConnect, Convert.ToHexString(Established) },
        { UpstreamProxyProtocol.HttpConnect, Convert.ToHexString("HTTP/1.1 204 \n\n"u8) },
        { UpstreamProxyProtocol.HttpConnect, Convert.ToHexString("HTTP/1.1 200 OK\nVia: a\n\r\n"u8) },
    };

    public void Dispose() => loop.Dispose();

    [Theory(Timeout = Bound.Test)]
    [MemberData(nameof(Good))]
    public async Task What_follows_the_answer_in_the_same_segment_is_the_hosts_and_not_lost(UpstreamProxyProtocol protocol, string answer)
    {
        byte[] last = [.. Convert.FromHexString(answer), .. "hello\r\n\r\n"u8];
        await using var fake = new FakeProxy(
            FakeProxy.Answers(closes: false, protocol == UpstreamProxyProtocol.Socks5 ? [Method, last] : [last]));

        Assert.Equal("hello\r\n\r\n", (await DialAsync(protocol, fake, Bound.Prompt)).Read);
    }

    [Theory(Timeout = Bound.Test)]
    [MemberData(nameof(Good))]
    public async Task An_answer_may_come_byte_by_byte(UpstreamProxyProtocol protocol, string answer)
    {
        byte[] last = [.. Convert.FromHexString(answer), .. "hello\r\n\r\n"u8];
        await using var fake = new FakeProxy(async (socket, stop) =>
        {
            socket.NoDelay = true;
            await socket.ReceiveAsync(new byte[4096], stop);
            foreach (var one in protocol == UpstreamProxyProtocol.Socks5 ? Method : [])
                await socket.SendAsync(new[] { one }, stop);
            if (protocol == UpstreamProxyProtocol.Socks5)
                await socket.ReceiveAsync(new byte[4096], stop);
            foreach (var one in last)
                await socket.SendAsync(new[] { one }, stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });

        Assert.Equal("hello\r\n\r\n", (await DialAsync(protocol, fake, Bound.Prompt)).Read);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(UpstreamProxyProtocol.Socks5, "05", "closes the connection before it has answered")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0500", "closes the connection before it has answered")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0500|050000037F", "closes the connection before it has answered")]
    [InlineData(UpstreamProxyProtocol.Socks5, "485454502F312E31", "does not answer as a SOCKS5 proxy")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0501", "does not answer as a SOCKS5 proxy")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0500|04000001", "does not answer as a SOCKS5 proxy")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0500|05000009", "does not answer as a SOCKS5 proxy")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0500|05070001", "does not connect for others (SOCKS5 reply 7: command not supported)")]
    [InlineData(
        UpstreamProxyProtocol.Socks5, "0500|05080001", "does not take this kind of address (SOCKS5 reply 8: address type not supported)")]
    [InlineData(UpstreamProxyProtocol.Socks5, "0500|05FF0001", "gives a reason that SOCKS5 does not have (reply 255)")]
    [InlineData(UpstreamProxyProtocol.HttpConnect, "HTTP/1.1 200 OK\r\nVia: a\r\n", "closes the connection before it has answered")]
    [InlineData(UpstreamProxyProtocol.HttpConnect, "SSH-2.0-OpenSSH_9.2p1\r\n", "does not answer as an HTTP proxy")]
    [InlineData(UpstreamProxyProtocol.HttpConnect, "HTTP/1.1 abc\r\n\r\n", "does not answer as an HTTP proxy")]
    [InlineData(UpstreamProxyProtocol.HttpConnect, "HTTP/1.1 405 No\r\n\r\n", "does not connect for others (HTTP status 405)")]
    [InlineData(UpstreamProxyProtocol.HttpConnect, "HTTP/1.1 302 Found\r\n\r\n", "does not answer CONNECT as a proxy (HTTP status 302)")]
    [InlineData(UpstreamProxyProtocol.HttpConnect, "endless", "sends an answer that does not end")]
    public async Task A_malformed_answer_is_named_and_is_the_proxys_fault(UpstreamProxyProtocol protocol, string answer, string words)
    {
        byte[][] parts = protocol == UpstreamProxyProtocol.Socks5 ? [.. answer.Split('|').Select(Convert.FromHexString)]
            : answer == "endless" ? [Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('a', 10_000))]
            : [Encoding.ASCII.GetBytes(answer)];
        await using var fake = new FakeProxy(FakeProxy.Answers(closes: true, parts));

        var (read, proxy) = await DialAsync(protocol, fake, Bound.Prompt);

        Assert.Null(read);
        Assert.Equal((1, DialFailure.NotAProxy, words), (proxy.FailuresInARow, proxy.LastFailure, proxy.Problem));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("HTTP/1.1 403 No\r\n\r\n", DialFailure.ProxyForbids, "is not allowed by the proxy (HTTP status 403)")]
    [InlineData("HTTP/1.1 502 No\r\n\r\n", DialFailure.Unreachable, "cannot be reached from the proxy (HTTP status 502)")]
    [InlineData("HTTP/1.1 503 No\r\n\r\n", DialFailure.Unreachable, "cannot be reached from the proxy (HTTP status 503)")]
    [InlineData("HTTP/1.1 504 No\r\n\r\n", DialFailure.TimedOut, "cannot be reached from the proxy (HTTP status 504)")]
    [InlineData("1", DialFailure.ProxyFailed, "cannot be reached from the proxy (SOCKS5 reply 1: general failure)")]
    [InlineData("2", DialFailure.ProxyForbids, "is not allowed by the proxy (SOCKS5 reply 2: not allowed by its rules)")]
    [InlineData("3", DialFailure.Unreachable, "cannot be reached from the proxy (SOCKS5 reply 3: network unreachable)")]
    [InlineData("4", DialFailure.Unreachable, "cannot be reached from the proxy (SOCKS5 reply 4: host unreachable)")]
    [InlineData("5", DialFailure.Refused, "cannot be reached from the proxy (SOCKS5 reply 5: connection refused)")]
    [InlineData("6", DialFailure.TimedOut, "cannot be reached from the proxy (SOCKS5 reply 6: time to live expired)")]
    public async Task A_reason_about_the_host_counts_for_the_host(string answer, DialFailure reason, string words)
    {
        var isSocks = answer.Length == 1;
        await using var fake = new FakeProxy(FakeProxy.Answers(
            closes: true, isSocks ? [Method, [5, (byte)(answer[0] - '0'), 0, 1]] : [Encoding.ASCII.GetBytes(answer)]));

        var (read, proxy) = await DialAsync(isSocks ? UpstreamProxyProtocol.Socks5 : UpstreamProxyProtocol.HttpConnect, fake, Bound.Prompt);

        Assert.Null(read);
        Assert.Equal((0, null), (proxy.FailuresInARow, proxy.LastFailure));
        var host = counters.GetUpstream(Host).Read("");
        Assert.Equal((1, reason, words), (host.FailuresInARow, host.LastFailure, host.Problem));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(UpstreamProxyProtocol.Socks5)]
    [InlineData(UpstreamProxyProtocol.HttpConnect)]
    public async Task One_that_never_ends_its_answer_is_given_up_after_the_connect_timeout(UpstreamProxyProtocol protocol)
    {
        await using var fake = new FakeProxy(FakeProxy.Answers(closes: false, "\u0005"u8.ToArray()));

        var (read, proxy) = await DialAsync(protocol, fake, TimeSpan.FromMilliseconds(400));

        Assert.Null(read);
        Assert.Equal((DialFailure.TimedOut, "does not answer in time"), (proxy.LastFailure, proxy.Problem));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_byte_now_and_then_does_not_extend_its_time()
    {
        await using var fake = new FakeProxy(async (socket, stop) =>
        {
            await socket.ReceiveAsync(new byte[4096], stop);
            await socket.SendAsync("HTTP/1.1 200 OK\r\nX: "u8.ToArray(), stop);
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
                await socket.SendAsync("a"u8.ToArray(), stop);
            }
        });

        var (read, proxy) = await DialAsync(UpstreamProxyProtocol.HttpConnect, fake, TimeSpan.FromMilliseconds(400));

        Assert.Null(read);
        Assert.Equal("does not answer in time", proxy.Problem);
    }

    [Fact]
    public void The_password_is_in_no_text_of_it() => Assert.Equal(
        "socks5://[2001:db8::1]:1080",
        new UpstreamProxy(UpstreamProxyProtocol.Socks5, new("2001:db8::1", 1080)) { User = "bridge", Password = "secret" }.ToString());

    private static UpstreamEndpoint.Tcp Host { get; } = new("chat.signal.org", 443);

    /// <summary>Dials, and reads nine bytes of what the host sent; null: there is no tunnel.</summary>
    private async Task<(string? Read, UpstreamStatistics Proxy)> DialAsync(
        UpstreamProxyProtocol protocol, FakeProxy fake, TimeSpan timeout)
    {
        var proxy = new UpstreamProxy(protocol, new("127.0.0.1", fake.Address.Port));
        using var names = new NameCache(
            static (_, _) => throw new SocketException((int)SocketError.HostNotFound), TimeProvider.System);
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => _ = RunAsync());
        var read = await done.Task.WaitAsync(TimeSpan.FromSeconds(20), Bound.Token);
        return (read, counters.GetProxy(proxy).Read(""));

        async Task RunAsync()
        {
            var options = TestOptions.Create() with { Proxy = proxy, Limits = new() { ConnectTimeout = timeout } };
            var dialer = new Dialer(loop, names, counters, new UpstreamAlarm(NullLogger.Instance), options);
            using var socket = await dialer.DialRouteAsync(Host, publicOnly: true);
            done.SetResult(socket is null ? null : await ReadAsync(socket));
        }
    }

    private static async Task<string> ReadAsync(LoopSocket socket)
    {
        var read = new byte[9];
        for (var count = 0; count < read.Length;)
        {
            var received = Receive(socket, read.AsSpan(count));
            if (received.Status == IoStatus.Done)
                count += received.Count;
            else if (received.Status != IoStatus.WouldBlock || !await socket.Readable())
                return $"{received.Status} after {count} bytes";
        }
        return Encoding.ASCII.GetString(read);
    }

    private static unsafe IoResult Receive(LoopSocket socket, Span<byte> room)
    {
        fixed (byte* bytes = room)
            return socket.Receive(bytes, room.Length);
    }
}
