using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Challenges;

/// <summary>A challenge that an authority may ask another machine for: all of them answer it before the authority is told.</summary>
internal sealed class SharingSolver(IChallengeSolver own, IOtherResponders others) : IChallengeSolver
{
    public string Type => own.Type;

    public bool CanProve(Identifier identifier) => own.CanProve(identifier);

    public async Task<IAsyncDisposable> PresentAsync(
        Identifier identifier, string token, string keyAuthorization, CancellationToken cancellationToken)
    {
        var here = await own.PresentAsync(identifier, token, keyAuthorization, cancellationToken);
        try
        {
            var proof = new SharedProof { Type = Type, Identifier = identifier.Value, Token = token, KeyAuthorization = keyAuthorization };
            return new Both(here, await others.ServeAsync(proof, cancellationToken));
        }
        catch
        {
            await here.DisposeAsync();
            throw;
        }
    }

    private sealed class Both(IAsyncDisposable here, IAsyncDisposable there) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await there.DisposeAsync();
            await here.DisposeAsync();
        }
    }
}
