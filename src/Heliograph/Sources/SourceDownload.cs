using System.Net;
using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Relay.Access;

namespace Heliograph.Sources;

/// <summary>What a server had.</summary>
/// <param name="Bytes">Null: what one has is the newest.</param>
/// <param name="Validators">To ask with the next time.</param>
internal sealed record Downloaded(byte[]? Bytes, Validators Validators);

/// <summary>Downloads a list.</summary>
/// <remarks>Like curl, it uses the proxy named in HTTPS_PROXY, if any.</remarks>
internal static class SourceDownload
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const int MostRedirects = 5;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    /// <param name="address">Where it is.</param>
    /// <param name="known">What is known of the copy that one has.</param>
    /// <param name="timeProvider">The clock of the limit.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="UnusableException">There is nothing that could be used.</exception>
    public static async Task<Downloaded> GetAsync(
        Uri address, Validators known, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var handler = new HappyEyeballs(ConnectLimit).CreateHandler();
        // .NET follows none from https to http.
        handler.AllowAutoRedirect = true;
        handler.MaxAutomaticRedirections = MostRedirects;
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = new CancellationTokenSource(Limit, timeProvider);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.Add(new("heliograph", ProductVersion.Text));
        if (known.ETag is { } tag)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        if (known.LastModified is { } date)
            request.Headers.TryAddWithoutValidation("If-Modified-Since", date);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, clock.Token);
            if (response.StatusCode == HttpStatusCode.NotModified)
                return new(null, known);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new UnusableException($"its server answered {(int)response.StatusCode}; check the address");
            await using var body = await response.Content.ReadAsStreamAsync(clock.Token);
            return new(
                await ReadAsync(body, clock.Token),
                new(Field(response.Headers.NonValidated, "ETag"), Field(response.Content.Headers.NonValidated, "Last-Modified")));
        }
        catch (HttpRequestException exception)
        {
            throw new UnusableException($"its server cannot be reached: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (IOException exception)
        {
            throw new UnusableException($"its download broke off: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnusableException($"its server did not send it within {Values.Write(Limit)}");
        }
    }

    private static string? Field(System.Net.Http.Headers.HttpHeadersNonValidated fields, string name) =>
        fields.TryGetValues(name, out var values) && values.Count == 1 ? values.ToString() : null;

    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var piece = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(piece, cancellationToken)) > 0;)
        {
            if (all.Length + read > PrefixListReader.LongestList)
                throw new UnusableException($"it is longer than {PrefixListReader.LongestList / 1_000_000} MB");
            all.Write(piece, 0, read);
        }
        return all.ToArray();
    }
}
