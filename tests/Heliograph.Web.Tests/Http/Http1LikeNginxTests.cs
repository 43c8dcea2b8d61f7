using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.Web.Tests.Http;

/// <summary>Raw requests to the decoy and to Debian's nginx: the answers are the same bytes.</summary>
[Trait("Needs", "server")]
public sealed class Http1LikeNginxTests(NginxBesideDecoy beside) : IClassFixture<NginxBesideDecoy>
{
    public static TheoryData<string> Names => [.. Http1Cases.All.Keys];

    /// <summary>Those that reach the decoy on the TLS port without TLS: nginx takes the others for a TLS handshake.</summary>
    public static TheoryData<string> PlainNames =>
        [.. Http1Cases.All.Where(static one => one.Value[0] is not 0x16 and < 0x80).Select(static one => one.Key)];

    public static TheoryData<string> KeptNames => [.. Http1Cases.ClosedByServer.Keys];

    public static TheoryData<string> HalfClosedNames => [.. Http1Cases.HalfClosed.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_site_answers_as_nginx(string name)
    {
        var request = Http1Cases.All[name];
        var both = await Task.WhenAll(
            RawHttp.ExchangeAsync(beside.NginxHttp1, request, finishSending: false),
            RawHttp.ExchangeAsync(beside.DecoyHttp1, request, finishSending: false));
        var (expected, actual) = (both[0], both[1]);
        // The nginx of this test speaks no TLS, so its redirects say http.
        Assert.Equal(
            RawHttp.Mask(expected).Replace("Location: http://", "Location: https://", StringComparison.Ordinal),
            RawHttp.Mask(actual));
    }

    /// <remarks>The client does not end: if the server did not, this would wait in vain.</remarks>
    [Theory]
    [MemberData(nameof(KeptNames))]
    public async Task A_connection_that_nginx_closes_without_saying_so_is_closed(string name)
    {
        var request = Http1Cases.ClosedByServer[name];
        var expected = await RawHttp.ExchangeAsync(beside.NginxHttp1, request, finishSending: false);
        var actual = await RawHttp.ExchangeAsync(beside.DecoyHttp1, request, finishSending: false);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
        Assert.Contains("Connection: keep-alive", actual, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HalfClosedNames))]
    public async Task A_sender_that_stops_gets_what_nginx_gives_it(string name)
    {
        var request = Http1Cases.HalfClosed[name];
        var expected = await RawHttp.ExchangeAsync(beside.NginxHttp1, request, finishSending: true);
        var actual = await RawHttp.ExchangeAsync(beside.DecoyHttp1, request, finishSending: true);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }

    [Theory]
    [MemberData(nameof(PlainNames))]
    public async Task No_TLS_on_the_TLS_port_is_answered_as_nginx_does(string name)
    {
        var request = Http1Cases.All[name];
        var both = await Task.WhenAll(
            RawHttp.ExchangeAsync(beside.NginxTls, request, finishSending: false),
            RawHttp.ExchangeAsync(beside.DecoyPlainHttp, request, finishSending: false));
        var (expected, actual) = (both[0], both[1]);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_unavailable_site_answers_as_an_nginx_whose_upstream_is_down(string name)
    {
        var request = Http1Cases.All[name];
        var both = await Task.WhenAll(
            RawHttp.ExchangeAsync(beside.NginxUnavailable, request, finishSending: false),
            RawHttp.ExchangeAsync(beside.DecoyHttp1Unavailable, request, finishSending: false));
        var (expected, actual) = (both[0], both[1]);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }

    /// <summary>After some answers nginx waits for the rest of the request before it closes; so must the decoy, and no longer.</summary>
    [Theory]
    [InlineData("a body announced too large", 5)]
    [InlineData("chunked and a length", 5)]
    [InlineData("broken chunks with POST", 0)]
    [InlineData("half a ClientHello", 0)]
    [InlineData("a field too long", 0)]
    public async Task The_end_of_the_stream_comes_as_late_as_nginxs(string name, int seconds)
    {
        var request = Http1Cases.All[name];
        var times = await Task.WhenAll(
            SecondsToEndAsync(beside.NginxHttp1, request), SecondsToEndAsync(beside.DecoyHttp1, request));
        Assert.All(times, time => Assert.InRange(time, seconds - 0.5, seconds + 2.0));
    }

    /// <summary>
    /// After pipelined requests nginx waits for 5 s whether the client stops sending (upstream since 1.23.4; Debian's 1.22.1 has the patch,
    /// for its bug 973861). Without them it closes at once.
    /// </summary>
    [Theory]
    [InlineData("two requests at once", true)]
    [InlineData("three requests and a body", true)]
    [InlineData("the index", false)]
    public async Task A_connection_stays_open_behind_its_last_answer_as_long_as_nginxs(string name, bool isPipelined)
    {
        var seconds = isPipelined ? 5 : 0;
        var times = await Task.WhenAll(
            SecondsOpenAsync(beside.NginxHttp1, Http1Cases.All[name]), SecondsOpenAsync(beside.DecoyHttp1, Http1Cases.All[name]));
        Assert.All(times, time => Assert.InRange(time, seconds - 0.5, seconds + 2.0));
    }

    [Fact]
    public async Task The_site_answers_random_requests_as_nginx()
    {
        const int Conversations = 1000;
        var seed = TestSeed.Get("Random requests");
        var requests = new RandomRequests(seed);
        var different = new List<string>();
        for (var i = 0; i < Conversations; i++)
        {
            var bytes = requests.Conversation();
            var expected = RawHttp.Mask(await RawHttp.ExchangeAsync(beside.NginxHttp1, bytes, finishSending: true));
            var actual = RawHttp.Mask(await RawHttp.ExchangeAsync(beside.DecoyHttp1, bytes, finishSending: true));
            if (expected != actual)
                different.Add($"{System.Text.Encoding.Latin1.GetString(bytes)}\n--- nginx\n{expected}\n--- decoy\n{actual}\n=====\n");
        }
        Assert.True(
            different.Count == 0,
            $"{TestSeed.Variable}={seed}: {different.Count} of {Conversations} differ\n" + string.Join('\n', different.Take(10)));
    }

    // From the end of its stream to the moment at which nobody takes what is sent. Sends of no bytes do not count as sending.
    private static async Task<double> SecondsOpenAsync(Dial dial, byte[] request)
    {
        using var socket = await dial(TestContext.Current.CancellationToken);
        await socket.SendAsync(request, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        var ended = TimeProvider.System.GetTimestamp();
        await Polling.UntilAsync(() => IsClosed(socket), Bound.Prompt * 3, "it was never closed");
        return TimeProvider.System.GetElapsedTime(ended).TotalSeconds;
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            socket.Send(ReadOnlySpan<byte>.Empty);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<double> SecondsToEndAsync(Dial dial, byte[] request)
    {
        var started = TimeProvider.System.GetTimestamp();
        await RawHttp.ExchangeAsync(dial, request, finishSending: false);
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
