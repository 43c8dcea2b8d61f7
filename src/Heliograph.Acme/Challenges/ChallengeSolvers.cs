using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Acme.Dns;
using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Challenges;

/// <summary>One way to prove control of an identifier.</summary>
internal interface IChallengeSolver
{
    string Type { get; }

    bool CanProve(Identifier identifier);

    /// <summary>Everything is in place when this returns, and is removed when the result is disposed.</summary>
    Task<IAsyncDisposable> PresentAsync(Identifier identifier, string token, string keyAuthorization, CancellationToken cancellationToken);
}

internal sealed class TlsAlpnSolver(ITlsAlpnResponder responder, TimeProvider timeProvider) : IChallengeSolver
{
    public string Type => ChallengeTypes.TlsAlpn01;

    public bool CanProve(Identifier identifier) => !identifier.IsWildcard;

    public Task<IAsyncDisposable> PresentAsync(
        Identifier identifier, string token, string keyAuthorization, CancellationToken cancellationToken)
    {
        var validation = ValidationCertificate.Create(identifier, keyAuthorization, timeProvider.GetUtcNow());
        return Task.FromResult<IAsyncDisposable>(new Lease(responder.Serve(validation)));
    }
}

internal sealed class HttpSolver(IHttpResponder responder) : IChallengeSolver
{
    public string Type => ChallengeTypes.Http01;

    public bool CanProve(Identifier identifier) => !identifier.IsWildcard;

    public Task<IAsyncDisposable> PresentAsync(
        Identifier identifier,
        string token,
        string keyAuthorization,
        CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable>(new Lease(responder.Serve(token, keyAuthorization)));
}

internal sealed class DnsSolver(IDnsRecords records) : IChallengeSolver
{
    public string Type => ChallengeTypes.Dns01;

    // RFC 8738 section 7: not for addresses.
    public bool CanProve(Identifier identifier) => !identifier.IsAddress;

    public Task<IAsyncDisposable> PresentAsync(
        Identifier identifier, string token, string keyAuthorization, CancellationToken cancellationToken)
    {
        var value = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(keyAuthorization)));
        return records.PresentAsync($"_acme-challenge.{identifier.BaseName}.", value, cancellationToken);
    }
}

/// <summary>Makes an ordinary lease an asynchronous one.</summary>
internal sealed class Lease(IDisposable inner) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        inner.Dispose();
        return ValueTask.CompletedTask;
    }
}
