using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.Web.Tests.Http2;

/// <summary>HTTP/2 frames to the decoy and to Debian's nginx: the frames that come back are the same.</summary>
[Trait("Needs", "server")]
public sealed class Http2LikeNginxTests(NginxBesideDecoy beside) : IClassFixture<NginxBesideDecoy>
{
    private const string Detected =
        "the nginx of this test speaks no TLS: since 1.25.1 it looks whether the first 1 KB is HTTP/2, and goes on with HTTP/1 if not";

    private static readonly Version Detects = new(1, 25, 1);

    /// <summary>Where the decoy's answer differs, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["a directory without its slash"] = "the nginx of this test speaks no TLS, so its Location says http",
    };

    /// <summary>The same from that version of nginx on. Heliograph.Peers.Tests has such conversations over TLS.</summary>
    public static readonly IReadOnlyDictionary<string, string> NewerExceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["300 requests at once"] = Detected,
        ["HTTP/1.1"] = Detected,
        ["garbage"] = Detected,
        ["a ClientHello's beginning"] = Detected,
        ["a preface that turns"] = Detected,
    };

    public static TheoryData<string> Names =>
    [
        .. Http2Cases.All.Keys.Except(Exceptions.Keys, StringComparer.Ordinal)
            .Except(NginxProcess.Version >= Detects ? NewerExceptions.Keys : [], StringComparer.Ordinal),
    ];

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
        if (name is "transfer-encoding" or "transfer-encoding Chunked" or "transfer-encoding and a length")
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
        var seed = TestSeed.Get("Random frames");
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
            $"{TestSeed.Variable}={seed}: {different.Count} of {Conversations} differ\n" + string.Join('\n', different.Take(10)));

        static string Text(List<string> frames) => string.Join(" | ", frames.Select(frame => frame.Length > 100 ? frame[..100] : frame));
    }
}
