using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.Web.Tests.Http2;

/// <summary>HTTP/2 frames to the decoy and to Debian's nginx: the frames that come back are the same.</summary>
[Trait("Needs", "server")]
public sealed class Http2LikeNginxTests(NginxBesideDecoy beside) : IClassFixture<NginxBesideDecoy>
{
    private const string Detected =
        "since 1.25.1 nginx looks without TLS, as in this test, whether the first 1 KB is HTTP/2, and goes on with HTTP/1 if not; "
        + "Http2OverTlsLikeNginxTests has such conversations with ALPN, under http2/3.5";

    private const string WaitsForBody =
        "an nginx with an upstream reads the body first and answers after the PING that this test sends behind it; the decoy, which has "
        + "read all of it, answers in order";

    private static readonly Version Detects = new(1, 25, 1), ChecksApart = new(1, 28, 1);

    /// <summary>Where the decoy's answer differs, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["a directory without its slash"] =
            "the nginx of this test speaks no TLS, so its Location says http, in a Huffman code of another length; Http1LikeNginxTests "
            + "compares the same redirect",
    };

    /// <summary>The same from that version of nginx on.</summary>
    public static readonly IReadOnlyDictionary<string, string> NewerExceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["300 requests at once"] = Detected,
        ["HTTP/1.1"] = Detected,
        ["garbage"] = Detected,
        ["a ClientHello's beginning"] = Detected,
        ["a preface that turns"] = Detected,
    };

    /// <summary>The same where the site's upstream is down.</summary>
    public static readonly IReadOnlyDictionary<string, string> DownExceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["a body"] = WaitsForBody,
        ["a body that does not come"] = "both wait for the body until the time is up: there is no answer to compare",
        ["GET with a body"] = WaitsForBody,
        ["data with padding"] = WaitsForBody,
        ["a length of 0"] = WaitsForBody + ". A length says that there is a body, even where the stream has ended",
        ["transfer-encoding"] = WaitsForBody + ". Until 1.28, chunked says that there is a body, even where the stream has ended",
        ["transfer-encoding Chunked"] = WaitsForBody + ". Until 1.28, chunked says that there is a body, even where the stream has ended",
        ["300 requests at once"] = "nginx keeps 128 waiting for an upstream that is down, and refuses the others",
    };

    /// <summary>The same from 1.28.1 on. Until then both are refused before a body is read.</summary>
    public static readonly IReadOnlyDictionary<string, string> NewerDownExceptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["transfer-encoding and a length"] = DownExceptions["a length of 0"],
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Rows();

    public static IEnumerable<TheoryDataRow<string>> UnavailableNames =>
        ComparedNginx.Version >= ChecksApart ? Rows(DownExceptions, NewerDownExceptions) : Rows(DownExceptions);

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
    [MemberData(nameof(UnavailableNames))]
    public async Task The_unavailable_site_answers_as_an_nginx_whose_upstream_is_down(string name)
    {
        var (bytes, streams) = Http2Cases.All[name];
        var expected = await RawHttp2.ExchangeAsync(beside.NginxUnavailable2, bytes, streams);
        var actual = await RawHttp2.ExchangeAsync(beside.DecoyHttp2Unavailable, bytes, streams);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Every_exception_names_a_case() =>
        Assert.Empty(ComparedCases.Unknown(Http2Cases.All.Keys, Exceptions, NewerExceptions, DownExceptions, NewerDownExceptions));

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

    private static IEnumerable<TheoryDataRow<string>> Rows(params IReadOnlyDictionary<string, string>[] more) =>
        ComparedCases.Rows(
            Http2Cases.All.Keys, ComparedNginx.Version >= Detects ? [Exceptions, NewerExceptions, .. more] : [Exceptions, .. more]);
}
