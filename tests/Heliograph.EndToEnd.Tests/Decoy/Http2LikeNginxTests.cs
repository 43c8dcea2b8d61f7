namespace Heliograph.EndToEnd.Tests.Decoy;

/// <summary>HTTP/2 frames to the decoy and to Debian's nginx: the frames that come back are the same.</summary>
public sealed class Http2LikeNginxTests(NginxBesideDecoy beside) : IClassFixture<NginxBesideDecoy>
{
    /// <summary>Where the decoy answers otherwise, and why.</summary>
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
        var actual = await RawHttp2.ExchangeAsync(NginxBesideDecoy.PathOf(beside.Decoy.Http2), bytes, streams);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_unavailable_site_answers_as_an_nginx_whose_upstream_is_down(string name)
    {
        var (bytes, streams) = Http2Cases.All[name];
        // These wait for a body that does not come.
        if (name is "a body that does not come")
            return;
        var expected = await RawHttp2.ExchangeAsync(beside.NginxUnavailable2, bytes, streams);
        var actual = await RawHttp2.ExchangeAsync(NginxBesideDecoy.PathOf(beside.Decoy.Http2Unavailable), bytes, streams);
        Assert.Equal(expected, actual);
    }
}
