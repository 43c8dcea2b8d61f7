using Heliograph.Acme.Challenges;
using Heliograph.Fleet.Challenges;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>The other machines of the fleet, which answer the challenges of this one's order.</summary>
internal sealed class OtherMachines(Func<SharedChallenges> challenges, SharedStore store, ILogger logger) : IOtherResponders
{
    public async Task<IAsyncDisposable> ServeAsync(SharedProof proof, CancellationToken cancellationToken)
    {
        var challenge = new SharedChallenge(proof.Type, proof.Identifier, proof.Token, proof.KeyAuthorization);
        var publication =
            await SharedStore.GuardAsync(() => challenges().PublishAsync(store.RequireLock(), challenge, cancellationToken))
            ?? throw SharedStore.Superseded();
        if (publication.Missing.Count > 0)
            HostLog.ChallengeNotServed(logger, publication.Missing.Count, string.Join(", ", publication.Missing));
        return publication;
    }
}
