using Heliograph.Platform;
using Heliograph.Platform.Minisign;
using Heliograph.Relay.Routing;

namespace Heliograph.HostLists;

/// <summary>Reads a list and its signature from a file or from the web.</summary>
/// <remarks>Like curl, it uses the proxy named in HTTPS_PROXY, if any.</remarks>
internal static class ListSource
{
    /// <summary>Releases are kept behind a redirect or two.</summary>
    private const int MostRedirects = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    /// <param name="source">A path, or an address that starts with https://.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="StartException">One of the two files cannot be read.</exception>
    public static async Task<(byte[] List, byte[] Signature)> ReadAsync(string source, CancellationToken cancellationToken)
    {
        if (!source.Contains("://", StringComparison.Ordinal))
        {
            return (await ReadFileAsync(source, HostListReader.LongestList, cancellationToken),
                await ReadFileAsync(source + SignedList.SignatureSuffix, MinisignSignature.LongestFile, cancellationToken));
        }
        if (!Uri.TryCreate(source, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
            throw new StartException($"{source} must be a file, or an address that starts with https://", ExitCode.BadUsage);
        return (await GetAsync(address, HostListReader.LongestList, cancellationToken),
            await GetAsync(new(source + SignedList.SignatureSuffix), MinisignSignature.LongestFile, cancellationToken));
    }

    private static async Task<byte[]> ReadFileAsync(string path, int longest, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadBoundedAsync(file, path, longest, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be read: {FileProblem.Describe(exception)}");
        }
    }

    private static async Task<byte[]> GetAsync(Uri address, int longest, CancellationToken cancellationToken)
    {
        var handler = new HappyEyeballs(ConnectLimit).CreateHandler();
        handler.AllowAutoRedirect = true;
        handler.MaxAutomaticRedirections = MostRedirects;
        using var client = new HttpClient(handler) { Timeout = Limit };
        client.DefaultRequestHeaders.UserAgent.Add(new("heliograph", ProductVersion.Text));
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        clock.CancelAfter(Limit);
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, clock.Token);
            if (!response.IsSuccessStatusCode)
                throw new StartException($"{address} answered {(int)response.StatusCode}; check the address");
            await using var body = await response.Content.ReadAsStreamAsync(clock.Token);
            return await ReadBoundedAsync(body, address.ToString(), longest, clock.Token);
        }
        catch (HttpRequestException exception)
        {
            throw new StartException($"{address} cannot be reached: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (IOException exception)
        {
            throw new StartException($"{address} broke off: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartException($"{address} did not answer within {Configuration.Values.Write(Limit)}");
        }
    }

    private static async Task<byte[]> ReadBoundedAsync(Stream stream, string name, int longest, CancellationToken cancellationToken)
    {
        var buffer = new byte[longest + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= longest
            ? buffer[..length]
            : throw new StartException($"{name} is longer than {longest / 1024} KiB; it is not what it should be");
    }
}
