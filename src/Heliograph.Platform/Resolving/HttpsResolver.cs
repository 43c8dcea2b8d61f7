using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Platform.Resolving;

/// <summary>
/// A resolver that is asked by DNS over HTTPS (RFC 8484): nobody on the way sees the questions or forges the answers. Its own name is
/// resolved by the system's resolver, unless its addresses are given. From any thread.
/// </summary>
public sealed class HttpsResolver : IDisposable
{
    /// <summary>A DNS message has no more (RFC 8484 section 6).</summary>
    public const int LongestAnswer = 65_535;

    /// <summary>For the questions about one name, with connecting and TLS.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>More aliases than a real name has; resolvers follow about as many.</summary>
    private const int MostAliases = 8;

    private const string MessageType = "application/dns-message";

    private readonly Uri address;
    private readonly TimeProvider timeProvider;
    private readonly HttpClient http;
    private readonly Lock gate = new();
    private volatile string? certificateProblem;
    private string? problem;

    /// <param name="address">Such as <c>https://dns.example/dns-query</c>.</param>
    /// <param name="addresses">Of the host in it; none: the system's resolver is asked for them.</param>
    /// <param name="timeProvider">Bounds each question.</param>
    public HttpsResolver(Uri address, IReadOnlyList<IPAddress> addresses, TimeProvider timeProvider)
        : this(address, addresses, timeProvider, roots: null)
    {
    }

    internal HttpsResolver(Uri address, IReadOnlyList<IPAddress> addresses, TimeProvider timeProvider, X509Certificate2Collection? roots)
    {
        this.address = address;
        this.timeProvider = timeProvider;
        IPAddress[] given = [.. addresses];
        var connector = given.Length == 0 ? new HappyEyeballs(Limit) : new HappyEyeballs(Limit, (_, _) => Task.FromResult(given));
        var handler = connector.CreateHandler();
        // The machine that HTTPS_PROXY names is for other errands, and would be asked for by name.
        handler.UseProxy = false;
        handler.MaxResponseHeadersLength = 16;
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = CreatePolicy(roots),
            RemoteCertificateValidationCallback = (_, _, chain, errors) => Check(chain, errors),
        };
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LongestAnswer };
    }

    /// <summary>
    /// Told, in words that follow the resolver's address, why it does not answer, and null when it answers again: once each.
    /// </summary>
    public Action<string?>? Changed { get; set; }

    /// <summary>Why it did not answer last, in words that follow its address; null: it answered, or was not asked yet.</summary>
    public string? Problem
    {
        get
        {
            lock (gate)
                return problem;
        }
    }

    /// <summary>The addresses of a host, from /etc/hosts or else from the resolver; both families are asked for at the same time.</summary>
    /// <param name="host">A host name, not an address. One without a dot has a meaning for the system only, and is left to it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">
    /// It does not exist or has no address (<see cref="AbsoluteName.IsMissing"/>); or there is no answer, and the message says why in words
    /// that follow the resolver's address.
    /// </exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (!host.Contains('.', StringComparison.Ordinal))
            return await AbsoluteName.ResolveAsync(host, cancellationToken);
        if (HostsFile.Find(host.TrimEnd('.')) is { Length: > 0 } known)
            return known;
        if (host.Length > 254 || host.Split('.').Any(static label => label.Length > 63))
            throw new SocketException((int)SocketError.HostNotFound);
        var answers = await Task.WhenAll(
            AskAsync(host, DnsTypes.Aaaa, cancellationToken), AskAsync(host, DnsTypes.A, cancellationToken));
        IPAddress[] found = [.. answers.SelectMany(static answer => answer.Addresses)];
        var failed = answers.FirstOrDefault(static answer => answer.Problem is not null);
        Report(found.Length > 0 || failed is { IsNames: true } ? null : failed?.Problem);
        if (found.Length > 0)
            return found;
        throw failed is null
            ? new SocketException((int)SocketError.HostNotFound)
            : new SocketException((int)SocketError.TryAgain, failed.Problem);
    }

    /// <summary>Its address, without the query, which may hold a key.</summary>
    public override string ToString() => address.GetLeftPart(UriPartial.Path);

    public void Dispose() => http.Dispose();

    /// <summary>The addresses of one family in a message, behind the aliases (CNAME) that it has for the name.</summary>
    internal static ResolverAnswer Read(ReadOnlySpan<byte> message, string host, int type)
    {
        // A truncated message is none: there is no other transport to ask by.
        if (DnsAnswer.Parse(message) is not { Truncated: false } answer)
            return ResolverAnswer.Failed("sends what is no DNS message");
        // NOERROR, or NXDOMAIN (RFC 1035 section 4.1.1).
        if (answer.ResponseCode is not (0 or 3))
            return ResolverAnswer.Failed($"answers with the DNS error {answer.ResponseCode}") with { IsNames = true };
        var name = host.TrimEnd('.').ToLowerInvariant() + '.';
        for (var aliases = 0; aliases < MostAliases; aliases++)
        {
            if (answer.Answers.FirstOrDefault(record => record.Type == DnsTypes.Cname && record.Name == name) is not { } alias)
                break;
            name = System.Text.Encoding.ASCII.GetString(alias.Data);
        }
        var length = type == DnsTypes.Aaaa ? 16 : 4;
        return new(
            [
                .. answer.Answers
                    .Where(record => record.Type == type && record.Name == name && record.Data.Length == length)
                    .Select(static record => new IPAddress(record.Data)),
            ],
            Problem: null);
    }

    private async Task<ResolverAnswer> AskAsync(string host, int type, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // RFC 8484 section 4.1: the identifier is 0, so that caches on the way can help.
            using var content = new ByteArrayContent(DnsWriter.Query(id: 0, host, type, recursive: true));
            content.Headers.ContentType = new MediaTypeHeaderValue(MessageType);
            using var request = new HttpRequestMessage(HttpMethod.Post, address)
            {
                Version = HttpVersion.Version20,
                Content = content,
                Headers = { Accept = { new MediaTypeWithQualityHeaderValue(MessageType) } },
            };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            if (!response.IsSuccessStatusCode)
                return ResolverAnswer.Failed($"answers with HTTP status {(int)response.StatusCode}");
            return response.Content.Headers.ContentType?.MediaType == MessageType
                ? Read(await response.Content.ReadAsByteArrayAsync(either.Token), host, type)
                : ResolverAnswer.Failed("sends what is no DNS message");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ResolverAnswer.Failed($"does not answer within {Limit.TotalSeconds:0.##} seconds");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ResolverAnswer.Failed(Explain(exception));
        }
    }

    private string Explain(Exception exception) => exception switch
    {
        { InnerException: ConnectFailedException failed } => $"cannot be reached: {failed.Message}",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            certificateProblem ?? "fails the TLS handshake",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            $"sends an answer of more than {LongestAnswer} bytes",
        _ => "breaks off its answer, or does not speak HTTP",
    };

    private static X509ChainPolicy CreatePolicy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }
        return policy;
    }

    private bool Check(X509Chain? chain, SslPolicyErrors errors)
    {
        certificateProblem = errors == SslPolicyErrors.None ? null
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "shows a certificate for another name"
            : $"shows a certificate that is not trusted ({chain?.ChainStatus.Select(static one => one.Status).FirstOrDefault()})";
        return errors == SslPolicyErrors.None;
    }

    private void Report(string? now)
    {
        lock (gate)
        {
            var changed = (problem is null) != (now is null);
            problem = now;
            if (!changed)
                return;
        }
        Changed?.Invoke(now);
    }
}

/// <summary>What came of a question.</summary>
/// <param name="Addresses">Empty: the name has none of this family.</param>
/// <param name="Problem">Why there is no answer; null: there is one.</param>
internal sealed record ResolverAnswer(IPAddress[] Addresses, string? Problem)
{
    /// <summary>Whether the resolver works, and the servers of this name do not.</summary>
    public bool IsNames { get; init; }

    public static ResolverAnswer Failed(string problem) => new([], problem);
}
