using System.Buffers.Text;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Acme.Challenges;
using Heliograph.Acme.Protocol;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Issuance;

/// <summary>What to order.</summary>
internal sealed record OrderRequest
{
    public required IReadOnlyList<Identifier> Identifiers { get; init; }

    public required string KeyPem { get; init; }

    public required string KeyType { get; init; }

    public string? Profile { get; init; }

    /// <summary>RFC 9773 section 5: the certificate that this one replaces.</summary>
    public string? Replaces { get; init; }

    public string? PreferredChain { get; init; }
}

/// <summary>
/// From the order to the chain (RFC 8555 section 7.4). A failed validation invalidates an order, so the next challenge type gets a new one.
/// </summary>
internal sealed class OrderDriver
{
    // With pauses of up to five seconds: five minutes.
    private const int MaxPolls = 60;
    private const int MaxPollTroubles = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    private readonly AcmeSession session;
    private readonly AcmeClient client;
    private readonly IReadOnlyList<IChallengeSolver> solvers;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    /// <param name="session">The account to order under.</param>
    /// <param name="solvers">In the order in which they are tried.</param>
    /// <param name="timeProvider">For the pauses between polls.</param>
    /// <param name="logger">Logs which challenge was tried, never its token.</param>
    public OrderDriver(AcmeSession session, IReadOnlyList<IChallengeSolver> solvers, TimeProvider timeProvider, ILogger logger)
    {
        this.session = session;
        client = session.Client;
        this.solvers = solvers;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <param name="request">What to order.</param>
    /// <param name="beforeFinalize">Called with the order's address when only finalizing is left.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The chain in PEM.</returns>
    public async Task<string> IssueAsync(OrderRequest request, Action<Uri> beforeFinalize, CancellationToken cancellationToken)
    {
        var failed = new Dictionary<(string Identifier, string Type), AcmeException>();
        while (true)
        {
            var (url, order) = await NewOrderAsync(request, cancellationToken);
            var authorizations = await AuthorizationsAsync(url, order, request, cancellationToken);
            var failures = await ProveAsync(authorizations, failed, cancellationToken);
            if (failures.Count == 0)
            {
                beforeFinalize(url);
                return await FinishAsync(url, request, cancellationToken);
            }

            foreach (var (proof, type, reason) in failures)
            {
                logger.ChallengeFailed(type, proof.Identifier.Value, reason.Message);
                failed[(proof.Identifier.Value, type)] = reason;
            }

            if (failures.Find(failure => failure.Reason.Failure == AcmeFailure.RateLimited) is { Reason: { } limit })
                throw limit;
            // Every round uses up one type of a name; once none is left, another order would be wasted.
            if (failures.Find(failure => Choose(failure.Proof, failed) is null) is { } last)
                throw GiveUp(last.Proof, failed);
        }
    }

    /// <summary>Resumes an order whose validations are done, after a crash before the certificate was stored.</summary>
    public async Task<string> FinishAsync(Uri orderUrl, OrderRequest request, CancellationToken cancellationToken)
    {
        var order = await PollAsync(
            orderUrl,
            AcmeJson.Default.OrderResource,
            order => order.Status is not ("pending" or "processing"),
            "the order",
            cancellationToken);
        if (order.Status == "ready")
        {
            var finalize = Urls.Required(order.Finalize, "an order", orderUrl);
            var csr = CertificateKey.CreateRequest(request.KeyPem, request.KeyType, request.Identifiers);
            await client.PostAsync(
                session.Signer, finalize, Json.Write(json => json.WriteString("csr", Base64Url.EncodeToString(csr))), cancellationToken);
            order = await PollAsync(
                orderUrl,
                AcmeJson.Default.OrderResource,
                order => order.Status is "valid" or "invalid",
                "the certificate",
                cancellationToken);
        }

        if (order.Status != "valid")
            throw Refusals.Explain(
                order.Error ?? new Problem { Detail = $"the order is {Text.Clean(order.Status)}" },
                null,
                client.Authority,
                [],
                client.Directory.Meta);
        return await DownloadAsync(
            Urls.Required(order.Certificate, "a finished order", orderUrl), request.PreferredChain, cancellationToken);
    }

    private async Task<(Uri Url, OrderResource Order)> NewOrderAsync(OrderRequest request, CancellationToken cancellationToken)
    {
        AcmeResponse response;
        try
        {
            response = await PostAsync(request.Replaces);
        }
        // RFC 9773 section 5: the predecessor has been replaced already, or cannot be, or another account ordered it (403: it was
        // adopted); the order itself is still wanted.
        catch (AcmeException exception)
            when (request.Replaces is not null
                && (exception.Problem?.Kind == "alreadyReplaced" || exception.Problem?.Status is 403 or 404 or 409))
        {
            logger.NotAReplacement(client.Authority);
            response = await PostAsync(null);
        }

        return (
            Urls.Required(response.Location?.AbsoluteUri, "an order", client.Directory.NewOrder),
            response.Read(AcmeJson.Default.OrderResource));

        Task<AcmeResponse> PostAsync(string? replaces)
        {
            var payload = Json.Write(json =>
            {
                json.WriteStartArray("identifiers");
                foreach (var identifier in request.Identifiers)
                {
                    json.WriteStartObject();
                    json.WriteString("type", identifier.Type);
                    json.WriteString("value", identifier.Value);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                if (request.Profile is { } profile)
                    json.WriteString("profile", profile);
                if (replaces is not null)
                    json.WriteString("replaces", replaces);
            });
            return session.WithAccountAsync(
                signer => client.PostAsync(signer, client.Directory.NewOrder, payload, cancellationToken), cancellationToken);
        }
    }

    private async Task<List<PendingProof>> AuthorizationsAsync(
        Uri orderUrl, OrderResource order, OrderRequest request, CancellationToken cancellationToken)
    {
        var urls = order.Authorizations ?? [];
        if (urls.Count > request.Identifiers.Count)
            throw new AcmeException(
                AcmeFailure.NotAcme,
                $"{client.Authority} asks for {urls.Count} authorizations for {request.Identifiers.Count} names; " +
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
            var identifier = request.Identifiers.FirstOrDefault(own => own.Value.Equals(value, StringComparison.OrdinalIgnoreCase))
                ?? throw new AcmeException(AcmeFailure.NotAcme, $"{client.Authority} asks to validate a name that was not ordered.");
            pending.Add(new PendingProof(url, identifier, authorization));
        }

        return pending;
    }

    /// <summary>All at once: a round takes as long as its slowest name, and shows what failed for every name.</summary>
    private async Task<List<Failure>> ProveAsync(
        List<PendingProof> pending, Dictionary<(string Identifier, string Type), AcmeException> failed, CancellationToken cancellationToken)
    {
        var failures = new List<Failure>();
        var leases = new List<IAsyncDisposable>();
        try
        {
            var presented = new List<(PendingProof Proof, IChallengeSolver Solver, ChallengeResource Challenge)>();
            foreach (var proof in pending)
            {
                var (solver, challenge) = Choose(proof, failed) ?? throw GiveUp(proof, failed);
                try
                {
                    leases.Add(
                        await solver.PresentAsync(
                            proof.Identifier, challenge.Token!, session.Signer.Key.KeyAuthorization(challenge.Token!), cancellationToken));
                    presented.Add((proof, solver, challenge));
                }
                catch (AcmeException exception)
                {
                    failures.Add(new Failure(proof, solver.Type, exception));
                }
            }

            // If one name cannot even be presented, the order fails: do not spend validations on the others.
            if (failures.Count > 0)
                return failures;
            foreach (var (proof, _, challenge) in presented)
                await client.PostAsync(
                    session.Signer, Urls.Required(challenge.Url, "a challenge", proof.Url), Json.Empty, cancellationToken);
            foreach (var (proof, solver, _) in presented)
            {
                if (await VerdictAsync(proof, solver.Type, cancellationToken) is { } reason)
                    failures.Add(new Failure(proof, solver.Type, reason));
            }
        }
        finally
        {
            foreach (var lease in leases)
                await lease.DisposeAsync();
        }

        return failures;
    }

    private (IChallengeSolver Solver, ChallengeResource Challenge)? Choose(
        PendingProof proof, Dictionary<(string Identifier, string Type), AcmeException> failed)
    {
        var offered = proof.Authorization.Challenges ?? [];
        foreach (var solver in solvers)
        {
            if (failed.ContainsKey((proof.Identifier.Value, solver.Type)) || !solver.CanProve(proof.Identifier))
                continue;
            if (offered.FirstOrDefault(challenge => challenge.Type == solver.Type && IsToken(challenge.Token)) is { } challenge)
                return (solver, challenge);
        }

        return null;
    }

    private AcmeException GiveUp(PendingProof proof, Dictionary<(string Identifier, string Type), AcmeException> failed)
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

    // RFC 8555 section 8.1: base64url. It becomes part of a path, so nothing else is accepted.
    private static bool IsToken(string? token) =>
        token is { Length: > 0 and <= 256 } && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private async Task<AcmeException?> VerdictAsync(PendingProof proof, string type, CancellationToken cancellationToken)
    {
        var authorization = await PollAsync(
            proof.Url,
            AcmeJson.Default.AuthorizationResource,
            authorization => authorization.Status is not "pending",
            $"the validation of {proof.Identifier}",
            cancellationToken);
        if (authorization.Status == "valid")
            return null;
        var problem = authorization.Challenges?.FirstOrDefault(challenge => challenge.Type == type)?.Error
            ?? new Problem { Detail = $"the authorization is {Text.Clean(authorization.Status)}" };
        // Authorities quote these in their explanations.
        var tokens = (authorization.Challenges ?? []).Select(challenge => challenge.Token).OfType<string>().ToList();
        return Refusals.ExplainChallenge(
            problem, proof.Identifier.Value, type, [.. tokens, session.Signer.Key.Thumbprint], client.Authority, client.Directory.Meta);
    }

    private async Task<string> DownloadAsync(Uri url, string? preferredChain, CancellationToken cancellationToken)
    {
        var response = await client.GetAsync(session.Signer, url, cancellationToken);
        var chain = Encoding.UTF8.GetString(response.Body);
        if (preferredChain is null || ChainName.EndsAt(chain, preferredChain))
            return chain;
        foreach (var alternate in response.Alternates)
        {
            var other = Encoding.UTF8.GetString((await client.GetAsync(session.Signer, alternate, cancellationToken)).Body);
            if (ChainName.EndsAt(other, preferredChain))
                return other;
        }

        logger.NoSuchChain(client.Authority, preferredChain);
        return chain;
    }

    private async Task<T> PollAsync<T>(Uri url, JsonTypeInfo<T> type, Func<T, bool> done, string what, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var troubles = 0;
        for (var poll = 0; poll < MaxPolls; poll++)
        {
            TimeSpan? retryAfter;
            try
            {
                var (value, response) = await client.GetAsync(session.Signer, url, type, cancellationToken);
                if (done(value))
                    return value;
                retryAfter = response.RetryAfter;
            }
            // A brief problem at the authority must not cost an order.
            catch (AcmeException exception) when (exception.Failure == AcmeFailure.Unreachable && ++troubles <= MaxPollTroubles)
            {
                retryAfter = exception.RetryAfter;
            }

            var wait = retryAfter is { } asked && asked > pause ? asked : pause;
            await Task.Delay(wait < LongestRetryAfter ? wait : LongestRetryAfter, timeProvider, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        throw new AcmeException(
            AcmeFailure.Unreachable, $"{client.Authority} did not finish {what} in time; retrying later.");
    }

    private sealed record PendingProof(Uri Url, Identifier Identifier, AuthorizationResource Authorization);

    private sealed record Failure(PendingProof Proof, string Type, AcmeException Reason);
}
