namespace Heliograph.EndToEnd.Tests.Decoy;

/// <summary>Raw requests to the decoy and to Debian's nginx: the answers are the same bytes.</summary>
public sealed class Http1LikeNginxTests(NginxBesideDecoy beside) : IClassFixture<NginxBesideDecoy>
{
    /// <summary>Where the decoy answers otherwise, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exceptions = new Dictionary<string, string>(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Http1Cases.All.Keys.Except(Exceptions.Keys, StringComparer.Ordinal)];

    public static TheoryData<string> HalfClosedNames => [.. Http1Cases.HalfClosed.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_site_answers_as_nginx(string name)
    {
        var request = Http1Cases.All[name];
        var expected = await RawHttp.ExchangeAsync(beside.NginxHttp1, request, finishSending: false);
        var actual = await RawHttp.ExchangeAsync(NginxBesideDecoy.PathOf(beside.Decoy.Http1), request, finishSending: false);
        // The nginx of this test speaks no TLS, so its redirects say http.
        Assert.Equal(RawHttp.Mask(expected).Replace("Location: http://", "Location: https://", StringComparison.Ordinal), RawHttp.Mask(actual));
    }

    [Theory]
    [MemberData(nameof(HalfClosedNames))]
    public async Task A_sender_that_stops_gets_what_nginx_gives_it(string name)
    {
        var request = Http1Cases.HalfClosed[name];
        var expected = await RawHttp.ExchangeAsync(beside.NginxHttp1, request, finishSending: true);
        var actual = await RawHttp.ExchangeAsync(NginxBesideDecoy.PathOf(beside.Decoy.Http1), request, finishSending: true);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_TLS_on_the_TLS_port_is_answered_as_nginx_does(string name)
    {
        var request = Http1Cases.All[name];
        // These nginx takes for a TLS handshake: they never come to the decoy.
        if (request[0] == 0x16 || request[0] >= 0x80)
            return;
        var expected = await RawHttp.ExchangeAsync(beside.NginxTls, request, finishSending: false);
        var actual = await RawHttp.ExchangeAsync(NginxBesideDecoy.PathOf(beside.Decoy.PlainHttp), request, finishSending: false);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_unavailable_site_answers_as_an_nginx_whose_upstream_is_down(string name)
    {
        var request = Http1Cases.All[name];
        var expected = await RawHttp.ExchangeAsync(beside.NginxUnavailable, request, finishSending: false);
        var actual = await RawHttp.ExchangeAsync(NginxBesideDecoy.PathOf(beside.Decoy.Http1Unavailable), request, finishSending: false);
        Assert.Equal(RawHttp.Mask(expected), RawHttp.Mask(actual));
    }
}
