using System.Buffers.Text;
using System.Text;
using Heliograph.Acme.Challenges;
using Heliograph.Acme.Protocol;
using Heliograph.Acme.Storage;
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
    // An order is not ready while the authority's parts disagree about it, which takes seconds.
    private const int MaxFinalizes = 5;

    private readonly AcmeSession session;
    private readonly AcmeClient client;
    private readonly Poller poller;
    private readonly Prover prover;
    private readonly IOrderRight right;
    private readonly ILogger logger;

    /// <param name="session">The account to order under.</param>
    /// <param name="solvers">In the order in which they are tried.</param>
    /// <param name="right">To order.</param>
    /// <param name="timeProvider">For the pauses between polls.</param>
    /// <param name="logger">Logs which challenge was tried, never its token.</param>
    public OrderDriver(
        AcmeSession session, IReadOnlyList<IChallengeSolver> solvers, IOrderRight right, TimeProvider timeProvider, ILogger logger)
    {
        this.session = session;
        client = session.Client;
        poller = new Poller(session, timeProvider);
        prover = new Prover(session, poller, solvers, right);
        this.right = right;
        this.logger = logger;
    }

    /// <param name="request">What to order.</param>
    /// <param name="beforeFinalize">Called with the order's address when only finalizing is left.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The chain in PEM.</returns>
    public async Task<string> IssueAsync(OrderRequest request, Func<Uri, Task> beforeFinalize, CancellationToken cancellationToken)
    {
        var failed = new FailedTypes();
        while (true)
        {
            await right.ConfirmAsync(cancellationToken);
            var (url, order) = await NewOrderAsync(request, cancellationToken);
            if (order.Status == "invalid")
                throw await RefusalAsync(url, order, request, cancellationToken);
            var pending = await prover.PendingAsync(url, order, request.Identifiers, cancellationToken);
            var failures = await prover.ProveAsync(pending, failed, cancellationToken);
            if (failures.Count == 0)
            {
                await beforeFinalize(url);
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
            if (failures.Find(failure => !prover.HasMore(failure.Proof, failed)) is { } last)
                throw prover.GiveUp(last.Proof, failed);
        }
    }

    /// <summary>Resumes an order whose validations are done, after a crash before the certificate was stored.</summary>
    public async Task<string> FinishAsync(Uri orderUrl, OrderRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (order, took) = await poller.UntilAsync(
                orderUrl,
                AcmeJson.Default.OrderResource,
                static order => order.Status is not ("pending" or "processing"),
                cancellationToken);
            if (order.Status is "pending" or "processing")
                throw poller.TimeIsUp("the order", order.Status, took);
            if (order.Status == "ready")
            {
                // RFC 8555 section 7.4: it is not ready, so ask what it is.
                if (!await FinalizeAsync(orderUrl, order, request, isLast: attempt == MaxFinalizes, cancellationToken))
                {
                    await poller.PauseAsync(attempt, cancellationToken);
                    continue;
                }
                (order, took) = await poller.UntilAsync(
                    orderUrl,
                    AcmeJson.Default.OrderResource,
                    static order => order.Status is not ("pending" or "ready" or "processing"),
                    cancellationToken);
                if (order.Status is "pending" or "ready" or "processing")
                    throw poller.TimeIsUp("the certificate", order.Status, took);
            }

            if (order.Status != "valid")
                throw await RefusalAsync(orderUrl, order, request, cancellationToken);
            return await DownloadAsync(
                Urls.Required(order.Certificate, "a finished order", orderUrl), request.PreferredChain, cancellationToken);
        }
    }

    private async Task<(Uri Url, OrderResource Order)> NewOrderAsync(OrderRequest request, CancellationToken cancellationToken)
    {
        AcmeResponse response;
        try
        {
            response = await PostAsync(request.Replaces);
        }
        // RFC 9773 section 5: the predecessor has been replaced already, or cannot be, or another account ordered it (403: it was
        // adopted), or its issuer is none of the authority's any more (malformed); the order itself is still wanted.
        catch (AcmeException exception)
            when (request.Replaces is not null
                && (exception.Problem?.Kind is "alreadyReplaced" or "malformed" || exception.Problem?.Status is 403 or 404 or 409))
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

    /// <summary>False: the authority says that the order is not ready after all.</summary>
    private async Task<bool> FinalizeAsync(
        Uri orderUrl, OrderResource order, OrderRequest request, bool isLast, CancellationToken cancellationToken)
    {
        await right.ConfirmAsync(cancellationToken);
        var finalize = Urls.Required(order.Finalize, "an order", orderUrl);
        var csr = CertificateKey.CreateRequest(request.KeyPem, request.KeyType, request.Identifiers);
        try
        {
            await client.PostAsync(
                session.Signer, finalize, Json.Write(json => json.WriteString("csr", Base64Url.EncodeToString(csr))), cancellationToken);
            return true;
        }
        catch (AcmeException exception) when (exception.Problem?.Kind == "orderNotReady" && !isLast)
        {
            return false;
        }
    }

    /// <summary>Why an order came to nothing: its own error, or that of the validation that ended it.</summary>
    private async Task<AcmeException> RefusalAsync(
        Uri orderUrl, OrderResource order, OrderRequest request, CancellationToken cancellationToken) =>
        (order.Error is null ? await prover.FindReasonAsync(orderUrl, order, request.Identifiers, cancellationToken) : null)
        ?? Refusals.Explain(
            order.Error ?? new Problem { Detail = $"the order is {Text.Clean(order.Status)}" },
            retryAfter: null,
            client.Authority,
            secrets: [],
            client.Directory.Meta);

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
}
