using System.Buffers.Binary;
using System.Net.Sockets;

namespace Heliograph.Web.Tests.Http2;

/// <summary>HTTP/2 frames to the decoy and to Debian's nginx: the frames that come back are the same.</summary>
[Trait("Needs", "server")]
public sealed class Http2LikeNginxTests(NginxBesideDecoy beside) : IClassFixture<NginxBesideDecoy>
{
    /// <summary>Where the decoy's answer differs, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["a directory without its slash"] = "the nginx of this test speaks no TLS, so its Location says http",
    };

    public static TheoryData<string> Names => [.. Http2Cases.All.Keys.Except(Exceptions.Keys, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_site_answers_as_nginx(string name)
    {
        var (bytes, streams) = Http2Cases.All[name];
        var expected = await RawHttp2.ExchangeAsync(beside.NginxHttp2, bytes, streams);
        var actual = await RawHttp2.ExchangeAsync(beside.DecoyHttp2, bytes, streams);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_unavailable_site_answers_as_an_nginx_whose_upstream_is_down(string name)
    {
        var (bytes, streams) = Http2Cases.All[name];
        // The first waits for a body that does not arrive. The others have one, and nginx answers those after everything that arrived
        // with them, in particular this test's PING; the decoy answers them in order.
        if (name is "a body that does not come" or "a body" or "GET with a body" or "data with padding")
            return;
        if (name is "transfer-encoding" or "transfer-encoding Chunked")
            return;
        // nginx refuses those beyond the 128 that its upstream keeps waiting.
        if (name is "300 requests at once")
            return;
        var expected = await RawHttp2.ExchangeAsync(beside.NginxUnavailable2, bytes, streams);
        var actual = await RawHttp2.ExchangeAsync(beside.DecoyHttp2Unavailable, bytes, streams);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task The_site_answers_random_frames_as_nginx()
    {
        const int Conversations = 700;
        var seed = Environment.TickCount;
        var frames = new RandomFrames(seed);
        var different = new List<string>();
        for (var i = 0; i < Conversations; i++)
        {
            var bytes = frames.Conversation();
            var expected = await RawHttp2.ExchangeAsync(beside.NginxHttp2, bytes, streams: 0);
            var actual = await RawHttp2.ExchangeAsync(beside.DecoyHttp2, bytes, streams: 0);
            if (!expected.SequenceEqual(actual, StringComparer.Ordinal))
                different.Add($"{i}: {Convert.ToHexStringLower(bytes)}\nnginx: {Text(expected)}\ndecoy: {Text(actual)}\n");
        }
        Assert.True(
            different.Count == 0,
            $"seed {seed}: {different.Count} of {Conversations} differ\n" + string.Join('\n', different.Take(10)));

        static string Text(List<string> frames) => string.Join(" | ", frames.Select(frame => frame.Length > 100 ? frame[..100] : frame));
    }

    [Fact]
    public async Task A_request_that_comes_in_two_frames_while_a_large_answer_is_sent_is_the_one_that_is_answered()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var socket = await beside.DecoyHttp2(patience.Token);
        var block = Http2Cases.Block("GET", "/notes.txt");
        byte[] first =
        [
            .. RawHttp2.Preface, .. RawHttp2.Frame(4, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff),
            .. RawHttp2.Frame(8, 0, 0, 0x7f, 0, 0, 0), .. RawHttp2.Frame(1, 5, 1, Http2Cases.Block("GET", "/big.bin")),
        ];
        await socket.SendAsync(first, patience.Token);
        // Nothing is read: the answer fills the socket's buffer, and is not over.
        await socket.SendAsync(RawHttp2.Frame(1, 1, 3, block[..20]), patience.Token);
        await socket.SendAsync(RawHttp2.Frame(9, 4, 3, block[20..]), patience.Token);

        var data = new Dictionary<int, int> { [1] = 0, [3] = 0 };
        var heads = new List<int>();
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var head = new byte[9];
        for (var ended = 0; ended < 2;)
        {
            await stream.ReadExactlyAsync(head, patience.Token);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8];
            await stream.ReadExactlyAsync(payload, patience.Token);
            var id = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
            if (head[3] == 1)
                heads.Add(id);
            if (head[3] == 0)
                data[id] += payload.Length;
            ended += head[3] <= 1 && (head[4] & 1) != 0 ? 1 : 0;
        }
        Assert.Equal([1, 3], heads.Order());
        Assert.Equal((300_000, 36), (data[1], data[3]));
    }
}
