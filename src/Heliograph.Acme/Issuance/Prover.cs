using Heliograph.Acme.Challenges;
using Heliograph.Acme.Protocol;
using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Issuance;

/// <summary>Why a challenge type of a name failed in this attempt.</summary>
internal sealed class FailedTypes : Dictionary<(string Identifier, string Type), AcmeException>;

/// <summary>A name of an order that the authority wants proved.</summary>
internal sealed record PendingProof(Uri Url, Identifier Identifier, AuthorizationResource Authorization);

internal sealed record FailedProof(PendingProof Proof, string Type, AcmeException Reason);

/// <summary>Proves the names of an order (RFC 8555 section 7.5).</summary>
internal sealed class Prover
{
    // RFC 8555 section 8.2: an authority tries again only if it is asked to.
    private const int MaxAnswers = 3;

    private readonly AcmeSession session;
    private readonly AcmeClient client;
    private readonly Poller poller;
    private readonly IReadOnlyList<IChallengeSolver> solvers;
    private readonly IOrderRight right;

    public Prover(AcmeSession session, Poller poller, IReadOnlyList<IChallengeSolver> solvers, IOrderRight right)
    {
        this.session = session;
        client = session.Client;
        this.poller = poller;
        this.solvers = solvers;
        this.right = right;
    }

    /// <summary>The authorizations that are not valid yet.</summary>
    public async Task<List<PendingProof>> PendingAsync(
        Uri orderUrl, OrderResource order, IReadOnlyList<Identifier> identifiers, CancellationToken cancellationToken)
    {
        var urls = order.Authorizations ?? [];
        if (urls.Count > identifiers.Count)
            throw new AcmeException(
                AcmeFailure.NotAcme,
                $"{client.Authority} asks for {urls.Count} authorizations for {identifiers.Count} names; " +
                "no ACME server does that.");
        var pending = new List<PendingProof>();
        foreach (var text in urls)
        {
            var url = Urls.Required(text, "an authorization", orderUrl);
            var (authorization, _) = await client.GetAsync(session.Signer, url, AcmeJson.Default.AuthorizationResource, cancellationToken);
            if (authorization.Status == "valid")
                continue;
            var value = (authorization.Wildcard ? "*." : "") + authorization.Identifier?.Value;
            // Only for the ordered names: the program never serves a proof for another name.
            var identifier = identifiers.FirstOrDefault(own => own.Value.Equals(value, StringComparison.OrdinalIgnoreCase))
                ?? throw new AcmeException(AcmeFailure.NotAcme, $"{client.Authority} asks to validate a name that was not ordered.");
            pending.Add(new PendingProof(url, identifier, authorization));
        }

        return pending;
    }

    /// <summary>All at once: a round takes as long as its slowest name, and shows what failed for every name.</summary>
    public async Task<List<FailedProof>> ProveAsync(
        List<PendingProof> pending, FailedTypes failed, CancellationToken cancellationToken)
    {
        var failures = new List<FailedProof>();
        var leases = new List<IAsyncDisposable>();
        try
        {
            var presented = new List<(PendingProof Proof, IChallengeSolver Solver, ChallengeResource Challenge)>();
            foreach (var proof in pending)
            {
                var usable = Usable(proof, failed).ToList();
                if (usable.Count == 0)
                    throw GiveUp(proof, failed);
                // An order may come with an authorization that an earlier one has used up.
                if (IsDead(proof.Authorization) || usable.TrueForAll(static one => one.Challenge.Status == "invalid"))
                {
                    failures.Add(new(proof, usable[0].Solver.Type, Explain(proof, usable[0].Solver.Type, proof.Authorization)));
                    continue;
                }
                var (solver, challenge) = usable.Find(static one => one.Challenge.Status != "invalid");
                try
                {
                    leases.Add(
                        await solver.PresentAsync(
                            proof.Identifier, challenge.Token!, session.Signer.Key.KeyAuthorization(challenge.Token!), cancellationToken));
                    presented.Add((proof, solver, challenge));
                }
                catch (AcmeException exception) when (exception.IsTheAuthoritys)
                {
                    failures.Add(new(proof, solver.Type, exception));
                }
            }

            // If one name cannot even be presented, the order fails: do not spend validations on the others.
            if (failures.Count > 0)
                return failures;
            await right.ConfirmAsync(cancellationToken);
            var refused = new Dictionary<Uri, AcmeException>();
            foreach (var (proof, _, challenge) in presented)
            {
                if (await AnswerAsync(proof, challenge, cancellationToken) is { } refusal)
                    refused[proof.Url] = refusal;
            }
            foreach (var (proof, solver, challenge) in presented)
            {
                if (await VerdictAsync(proof, challenge, refused.GetValueOrDefault(proof.Url), cancellationToken) is { } reason)
                    failures.Add(new(proof, solver.Type, reason));
            }
        }
        finally
        {
            foreach (var lease in leases)
                await lease.DisposeAsync();
        }

        return failures;
    }

    /// <summary>Whether a type is left that has not failed.</summary>
    public bool HasMore(PendingProof proof, FailedTypes failed) => Usable(proof, failed).Any();

    public AcmeException GiveUp(PendingProof proof, FailedTypes failed)
    {
        var reasons = failed.Where(pair => pair.Key.Identifier == proof.Identifier.Value).Select(pair => pair.Value).ToList();
        if (reasons.Count > 0)
        {
            var failure = reasons.Exists(reason => reason.Failure == AcmeFailure.NotProven) ? AcmeFailure.NotProven : reasons[0].Failure;
            return new AcmeException(failure, string.Join(" And: ", reasons.Select(reason => reason.Message)))
            {
                Problem = reasons[0].Problem,
            };
        }

        var offered = (proof.Authorization.Challenges ?? []).Select(challenge => Text.Clean(challenge.Type)).Take(10);
        return new AcmeException(
            AcmeFailure.Configuration,
            $"{proof.Identifier} cannot be validated: {client.Authority} offers {string.Join(", ", offered)}, " +
                $"but this server can use {(solvers.Count == 0 ? "none" : string.Join(", ", solvers.Select(solver => solver.Type)))}; " +
                $"change acme.challenges."
        );
    }

    /// <summary>The error of the validation that ended an order; null if there is none.</summary>
    public async Task<AcmeException?> FindReasonAsync(
        Uri orderUrl, OrderResource order, IReadOnlyList<Identifier> identifiers, CancellationToken cancellationToken)
    {
        foreach (var proof in await PendingAsync(orderUrl, order, identifiers, cancellationToken))
        {
            if (proof.Authorization.Challenges?.FirstOrDefault(static challenge => challenge.Error is not null) is { Type: { } type })
                return Explain(proof, type, proof.Authorization);
        }
        return null;
    }

    private IEnumerable<(IChallengeSolver Solver, ChallengeResource Challenge)> Usable(PendingProof proof, FailedTypes failed) =>
        from solver in solvers
        where !failed.ContainsKey((proof.Identifier.Value, solver.Type)) && solver.CanProve(proof.Identifier)
        let challenge = Find(proof.Authorization, solver.Type)
        where challenge is not null && IsToken(challenge.Token)
        select (solver, challenge);

    /// <summary>Asks the authority to validate.</summary>
    /// <returns>Why it does not take the answer.</returns>
    private async Task<AcmeException?> AnswerAsync(PendingProof proof, ChallengeResource challenge, CancellationToken cancellationToken)
    {
        try
        {
            await client.PostAsync(
                session.Signer, Urls.Required(challenge.Url, "a challenge", proof.Url), Json.Empty, cancellationToken);
            return null;
        }
        catch (AcmeException exception) when (exception.Failure == AcmeFailure.Refused)
        {
            return exception;
        }
    }

    /// <summary>Null: proved.</summary>
    private async Task<AcmeException?> VerdictAsync(
        PendingProof proof, ChallengeResource answered, AcmeException? refusal, CancellationToken cancellationToken)
    {
        var type = answered.Type!;
        for (var answers = 1; ; answers++)
        {
            var (authorization, took) = await poller.UntilAsync(
                proof.Url,
                AcmeJson.Default.AuthorizationResource,
                authorization => refusal is not null || IsSettled(authorization, type),
                cancellationToken);
            if (authorization.Status == "valid")
                return null;
            if (refusal is not null)
                return refusal;
            var challenge = Find(authorization, type);
            if (!IsSettled(authorization, type) && challenge?.Error is null)
                return poller.TimeIsUp($"the validation of {proof.Identifier}", challenge?.Status ?? authorization.Status, took);
            if (IsDead(authorization) || challenge is not { Status: "pending" } || answers == MaxAnswers)
                return Explain(proof, type, authorization);
            // It has failed once, and the authority waits to be told that another try is worth while.
            await poller.PauseAsync(answers, cancellationToken);
            refusal = await AnswerAsync(proof, answered, cancellationToken);
        }
    }

    /// <summary>
    /// A failed challenge ends an authorization (RFC 8555 section 7.1.6), but some authorities leave that pending, and only the challenge
    /// says what happened.
    /// </summary>
    private static bool IsSettled(AuthorizationResource authorization, string type) =>
        authorization.Status is not ("pending" or "processing")
        || Find(authorization, type) is { Status: "invalid" } or { Status: "pending", Error: not null };

    /// <summary>RFC 8555 section 7.1.6: no challenge of it can succeed any more.</summary>
    private static bool IsDead(AuthorizationResource authorization) =>
        authorization.Status is "invalid" or "deactivated" or "expired" or "revoked";

    private static ChallengeResource? Find(AuthorizationResource authorization, string type) =>
        authorization.Challenges?.FirstOrDefault(challenge => challenge.Type == type);

    // RFC 8555 section 8.1: base64url. It becomes part of a path, so nothing else is accepted.
    private static bool IsToken(string? token) =>
        token is { Length: > 0 and <= 256 } && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private AcmeException Explain(PendingProof proof, string type, AuthorizationResource authorization)
    {
        var problem = Find(authorization, type)?.Error ?? new Problem
        {
            Detail = IsDead(authorization)
                ? $"the authorization is {authorization.Status}"
                : $"the challenge is {Text.Clean(Find(authorization, type)?.Status)}",
        };
        // Authorities quote these in their explanations.
        var tokens = (authorization.Challenges ?? []).Select(challenge => challenge.Token).OfType<string>().ToList();
        return Refusals.ExplainChallenge(
            problem, proof.Identifier.Value, type, [.. tokens, session.Signer.Key.Thumbprint], client.Authority, client.Directory.Meta);
    }
}
