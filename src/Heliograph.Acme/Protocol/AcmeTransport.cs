using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Platform;

namespace Heliograph.Acme.Protocol;

/// <summary>HTTP to one authority during one attempt: limited in size and time, with an explanation when it fails.</summary>
internal sealed class AcmeTransport : IDisposable
{
    // Let's Encrypt's largest responses are a few KB; a chain with RSA roots stays below 20 KB.
    private const int MaxBody = 1024 * 1024;

    private readonly HttpClient http;
    private readonly TimeProvider timeProvider;
    private readonly TlsTrust trust;
    private readonly HappyEyeballs connector;

    public AcmeTransport(string? caRoot, TimeSpan timeout, TimeProvider timeProvider)
        // Half of the time, so that a request that never connects says so, and how long that took.
        : this(caRoot, timeout, timeProvider, new HappyEyeballs(timeout / 2))
    {
    }

    internal AcmeTransport(string? caRoot, TimeSpan timeout, TimeProvider timeProvider, HappyEyeballs connector)
    {
        this.timeProvider = timeProvider;
        this.connector = connector;
        trust = new TlsTrust(caRoot, connector, timeProvider);
        http = new HttpClient(trust.CreateHandler(), disposeHandler: true)
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = MaxBody,
        };
        // RFC 8555 section 6.1: a server may reject a client without one, and Pebble does.
        http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("Heliograph", typeof(AcmeTransport).Assembly.GetName().Version?.ToString(3)));
        http.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
    }

    /// <summary>How far this machine's clock is ahead of the authority's, by its last Date header.</summary>
    public TimeSpan? ClockAhead { get; private set; }

    public Task<AcmeResponse> GetAsync(Uri url, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, url, null, cancellationToken);

    public async Task<AcmeResponse> SendAsync(HttpMethod method, Uri url, byte[]? jose, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url);
        if (jose is not null)
        {
            request.Content = new ByteArrayContent(jose);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return await ReadAsync(url, response, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var connected = connector.ConnectedBy is { } family ? $" accepted a connection over {family}, but" : "";
            throw new AcmeException(AcmeFailure.Unreachable,
                $"{url.Host}{connected} did not answer within {http.Timeout.TotalSeconds:0.#} seconds; retrying later.");
        }
        catch (HttpRequestException exception)
        {
            throw await ExplainAsync(url, exception, cancellationToken);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        trust.Dispose();
    }

    private async Task<AcmeResponse> ReadAsync(Uri url, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var date = response.Headers.Date;
        if (date is not null)
            ClockAhead = now - date;
        var retry = response.Headers.RetryAfter;
        return new AcmeResponse
        {
            Url = url,
            Status = response.StatusCode,
            MediaType = response.Content.Headers.ContentType?.MediaType,
            Body = await response.Content.ReadAsByteArrayAsync(cancellationToken),
            Location = response.Headers.Location is { } location && Uri.TryCreate(url, location, out var absolute) ? absolute : null,
            Nonce = response.Headers.TryGetValues("Replay-Nonce", out var nonces) ? nonces.First() : null,
            Alternates = AlternateLinks(url, response),
            // The time is by the authority's clock, so subtract the authority's Date.
            RetryAfter = retry?.Delta ?? (retry?.Date - (date ?? now)),
        };
    }

    private static List<Uri> AlternateLinks(Uri url, HttpResponseMessage response)
    {
        const int maxLinks = 5;
        var links = new List<Uri>();
        if (!response.Headers.TryGetValues("Link", out var values))
            return links;
        foreach (var value in values.SelectMany(line => line.Split(',')))
        {
            var end = value.IndexOf('>', StringComparison.Ordinal);
            var start = value.IndexOf('<', StringComparison.Ordinal);
            if (start >= 0 && end > start
                && value.AsSpan(end).Contains("rel=\"alternate\"", StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(url, value[(start + 1)..end], out var link)
                && link.Scheme == Uri.UriSchemeHttps
                && links.Count < maxLinks)
                links.Add(link);
        }

        return links;
    }

    private async Task<AcmeException> ExplainAsync(Uri url, HttpRequestException exception, CancellationToken cancellationToken)
    {
        if (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new AcmeException(
                AcmeFailure.NotAcme,
                $"{url.Host} answered {url.AbsolutePath} with more than {MaxBody / 1024} KB, which is not an ACME response; " +
                "check acme.directory.");
        }

        if (exception.HttpRequestError == HttpRequestError.SecureConnectionError && trust.LastProblem is { } problem)
        {
            if (problem == X509ChainStatusFlags.NotTimeValid)
                return await ClockProbe.ExplainAsync(url, trust, timeProvider, http.Timeout, cancellationToken);
            return new AcmeException(AcmeFailure.Unreachable, trust.Explain(url, problem));
        }

        if (exception.InnerException is ConnectFailedException failed)
            return new AcmeException(AcmeFailure.Unreachable, $"{url.Host} cannot be reached: {Explain(url, failed)}.", exception);
        var why = exception.HttpRequestError == HttpRequestError.SecureConnectionError
            ? "the TLS handshake fails"
            : "the response was cut off or is not HTTP";
        return new AcmeException(
            AcmeFailure.Unreachable, $"{url.Host} cannot be reached: {why} ({exception.GetBaseException().Message}).", exception);
    }

    private static string Explain(Uri url, ConnectFailedException failed)
    {
        var what = failed.Host == url.IdnHost ? failed.Message : $"HTTPS_PROXY names {failed.Host}, and {failed.Message}";
        return what + (failed.IsResolved ? "; check this machine's network and outgoing firewall" : "; check this machine's DNS");
    }
}

/// <summary>The roots trusted for TLS to the authority: the system's, or the root of <c>ca_root</c>.</summary>
internal sealed class TlsTrust : IDisposable
{
    private readonly X509Certificate2Collection? roots;
    private readonly HappyEyeballs connector;
    private readonly TimeProvider timeProvider;

    public TlsTrust(string? caRoot, HappyEyeballs connector, TimeProvider timeProvider)
    {
        this.connector = connector;
        this.timeProvider = timeProvider;
        roots = caRoot is null ? null : CaRoots.Read(caRoot);
    }

    /// <summary>Why the last handshake was rejected, if its certificate was the reason.</summary>
    public X509ChainStatusFlags? LastProblem { get; private set; }

    /// <summary>The validity of the rejected certificate.</summary>
    public (DateTimeOffset NotBefore, DateTimeOffset NotAfter) LastValidity { get; private set; }

    public SocketsHttpHandler CreateHandler(X509VerificationFlags ignore = X509VerificationFlags.NoFlag)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = ignore,
            VerificationTime = timeProvider.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        // A redirected POST would become a GET; the connector's handler follows none, so that the redirect is reported.
        var handler = connector.CreateHandler();
        handler.MaxResponseHeadersLength = 64;
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Check(certificate, chain, errors),
        };
        return handler;
    }

    public string Explain(Uri url, X509ChainStatusFlags problem) =>
        problem == X509ChainStatusFlags.NoError
            ? $"{url.Host} presented a TLS certificate for a different name; check acme.directory."
            : $"The TLS certificate of {url.Host} is not trusted ({problem}); " + (roots is null
                ? "install the package ca-certificates, or name the authority's own root in acme.ca_root."
                : "acme.ca_root is not the root that signed it; change or remove it.");

    public void Dispose()
    {
        foreach (var root in roots ?? [])
            root.Dispose();
    }

    private bool Check(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (certificate is X509Certificate2 leaf)
            LastValidity = (new DateTimeOffset(leaf.NotBefore), new DateTimeOffset(leaf.NotAfter));
        LastProblem = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        return false;
    }
}
