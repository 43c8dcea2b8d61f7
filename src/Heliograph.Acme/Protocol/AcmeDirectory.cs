namespace Heliograph.Acme.Protocol;

/// <summary>RFC 8555 section 7.1.1, with the addresses checked.</summary>
internal sealed record AcmeDirectory
{
    public required Uri Url { get; init; }

    public required Uri NewNonce { get; init; }

    public required Uri NewAccount { get; init; }

    public required Uri NewOrder { get; init; }

    public required Uri? RevokeCert { get; init; }

    public required Uri? KeyChange { get; init; }

    public required Uri? RenewalInfo { get; init; }

    public required DirectoryMeta Meta { get; init; }

    public IEnumerable<string> Profiles => Meta.Profiles?.Keys ?? [];

    public static async Task<AcmeDirectory> FetchAsync(AcmeTransport transport, string url, CancellationToken cancellationToken)
    {
        var response = await transport.GetAsync(new Uri(url), cancellationToken);
        if ((int)response.Status is >= 300 and <= 399)
            throw NotADirectory(
                url, $"it redirects to {Text.Clean(response.Location?.AbsoluteUri)}; use that address if it belongs to the authority");
        if ((int)response.Status >= 500 || (int)response.Status == 429)
            throw Refusals.Explain(response.ReadProblem(), response.RetryAfter, new Uri(url).Host, [], null);
        if (!response.IsSuccess)
            throw NotADirectory(url, $"it answers HTTP {(int)response.Status}");
        if (response.MediaType is "text/html")
            throw NotADirectory(url, "it is a web page");
        var resource = response.Read(AcmeJson.Default.DirectoryResource);
        return new AcmeDirectory
        {
            Url = new Uri(url),
            NewNonce = Address(url, "newNonce", resource.NewNonce),
            NewAccount = Address(url, "newAccount", resource.NewAccount),
            NewOrder = Address(url, "newOrder", resource.NewOrder),
            RevokeCert = Urls.Https(resource.RevokeCert),
            KeyChange = Urls.Https(resource.KeyChange),
            RenewalInfo = Urls.Https(resource.RenewalInfo),
            Meta = resource.Meta ?? new DirectoryMeta(),
        };
    }

    private static Uri Address(string url, string member, string? value) =>
        Urls.Https(value) ?? throw NotADirectory(url, $"its response has no '{member}' address");

    private static AcmeException NotADirectory(string url, string why) => new(AcmeFailure.NotAcme,
        $"{url} is not an ACME directory: {why}. Let's Encrypt's is {AcmeOptions.LetsEncrypt}.");
}

internal static class Urls
{
    /// <summary>Null if it is not an https address: nothing is ever sent in the clear, whatever a directory says.</summary>
    public static Uri? Https(string? value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? uri : null;

    public static Uri Required(string? value, string what, Uri from) =>
        Https(value)
        ?? throw new AcmeException(AcmeFailure.NotAcme, $"{from.Host} sent {what} without an https address, which no ACME server does.");
}
