using System.Text.Json.Serialization.Metadata;

namespace Heliograph.Acme.Protocol;

/// <summary>
/// Signed requests to one authority (RFC 8555 section 6): nonces, retries, errors. Each attempt has its own; one task at a time may use it.
/// </summary>
internal sealed class AcmeClient
{
    // In our tests, Pebble rejects nonces at random, half of them: 2^-40 is small enough, and forty small requests are few.
    private const int MaxNonceAttempts = 40;
    private const int MaxNonces = 16;

    private readonly AcmeTransport transport;
    private readonly Queue<string> nonces = [];

    public AcmeClient(AcmeTransport transport, AcmeDirectory directory)
    {
        this.transport = transport;
        Directory = directory;
    }

    public AcmeDirectory Directory { get; }

    public string Authority => Directory.Url.Host;

    public AcmeTransport Transport => transport;

    /// <summary>POST-as-GET (RFC 8555 section 6.3).</summary>
    public Task<AcmeResponse> GetAsync(Signer signer, Uri url, CancellationToken cancellationToken) =>
        PostAsync(signer, url, [], cancellationToken);

    public async Task<(T Value, AcmeResponse Response)> GetAsync<T>(
        Signer signer, Uri url, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var response = await GetAsync(signer, url, cancellationToken);
        return (response.Read(type), response);
    }

    public async Task<AcmeResponse> PostAsync(Signer signer, Uri url, byte[] payload, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var nonce = await NonceAsync(cancellationToken);
            var response = await transport.SendAsync(
                HttpMethod.Post, url, Jws.Sign(signer.Key, signer.Account, url, nonce, payload), cancellationToken);
            Keep(response.Nonce);
            if (response.IsSuccess)
                return response;
            var problem = response.ReadProblem();
            if (problem.Kind != "badNonce" || attempt == MaxNonceAttempts)
                throw Refusals.Explain(problem, response.RetryAfter, Authority, [], Directory.Meta);
        }
    }

    private async Task<string> NonceAsync(CancellationToken cancellationToken)
    {
        if (nonces.TryDequeue(out var nonce))
            return nonce;
        var response = await transport.SendAsync(HttpMethod.Head, Directory.NewNonce, null, cancellationToken);
        if (!response.IsSuccess)
            throw Refusals.Explain(response.ReadProblem(), response.RetryAfter, Authority, [], Directory.Meta);
        Keep(response.Nonce);
        return nonces.TryDequeue(out nonce)
            ? nonce
            : throw new AcmeException(
                AcmeFailure.NotAcme, $"{Authority} sent no nonce from {Directory.NewNonce.AbsolutePath}; every ACME server sends one.");
    }

    private void Keep(string? nonce)
    {
        // RFC 8555 section 6.5.1: a nonce that is not base64url must be ignored.
        if (
            nonce is { Length: > 0 and <= 512 }
            && nonces.Count < MaxNonces
            && nonce.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            nonces.Enqueue(nonce);
    }
}

/// <summary>Who signs: an account by its URL, or a key that has no account yet.</summary>
internal sealed record Signer(AccountKey Key, Uri? Account);
