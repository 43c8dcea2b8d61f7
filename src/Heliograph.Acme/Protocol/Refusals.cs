namespace Heliograph.Acme.Protocol;

/// <summary>Turns a problem document into a sentence that says what to do.</summary>
internal static class Refusals
{
    private const int MaxSubproblems = 5;

    /// <param name="problem">What the authority answered.</param>
    /// <param name="retryAfter">Its Retry-After, if any.</param>
    /// <param name="authority">Its host name.</param>
    /// <param name="secrets">Tokens and key authorizations that its text may quote.</param>
    /// <param name="meta">What its directory says about it.</param>
    public static AcmeException Explain(
        Problem problem, TimeSpan? retryAfter, string authority, IReadOnlyList<string> secrets, DirectoryMeta? meta)
    {
        var detail = Details(problem, secrets);
        var message = problem.Kind switch
        {
            "rateLimited" => $"The rate limit of {authority} has been reached: {detail}.",
            "externalAccountRequired" =>
                $"{authority} requires an account created on its web site; " +
                $"copy the values shown there into acme.eab.key_id and acme.eab.hmac_key ({detail}).",
            "caa" => $"A CAA record in DNS does not allow {authority} to issue: {detail}. {CaaAdvice(meta)}",
            "rejectedIdentifier" or "unsupportedIdentifier" =>
                $"{authority} does not issue certificates for this name: {detail}. Change domains, or use another authority.",
            "invalidContact" or "unsupportedContact" =>
                $"{authority} does not accept the e-mail address: {detail}. Change acme.email or remove it.",
            "invalidProfile" => $"{authority} does not know this profile: {detail}. Change acme.profile or remove it.",
            "userActionRequired" => $"{authority} requires the operator to act first: {detail}.",
            "accountDoesNotExist" => $"{authority} does not know this account: {detail}.",
            "unauthorized" => $"{authority} refused: {detail}. If the account was closed, remove its file in the state directory.",
            "badCSR" or "badPublicKey" => $"{authority} does not accept the request or its key type: {detail}. Try another acme.key_type.",
            "serverInternal" => $"{authority} has an internal error: {detail}. Retrying later.",
            "" when problem.Status >= 500 =>
                $"{authority} answered HTTP {problem.Status}, an error on its side. Retrying later.",
            "" when problem.Status == 429 => $"{authority} answered HTTP 429: too many requests.",
            "" => $"{authority} answered HTTP {problem.Status}: {detail}.",
            var kind => $"{authority} refused ({Text.Clean(kind, secrets)}): {detail}.",
        };
        return new AcmeException(FailureOf(problem), message) { Problem = problem, RetryAfter = retryAfter };
    }

    /// <summary>Why a name could not be validated, from the authority's finding and the challenge type.</summary>
    public static AcmeException ExplainChallenge(
        Problem problem, string name, string type, IReadOnlyList<string> secrets, string authority, DirectoryMeta meta)
    {
        if (problem.Kind is "rateLimited" or "serverInternal")
            return Explain(problem, null, authority, secrets, meta);
        var detail = Details(problem, secrets);
        var port = type == ChallengeTypes.Http01 ? "80" : "443";
        var message = problem.Kind switch
        {
            "caa" => $"A CAA record in DNS does not allow {authority} to issue for {name}: {detail}. {CaaAdvice(meta)}",
            // No ACME type, as with a state that comes without a reason.
            "" when !SaysNoConnection(detail) => $"{authority} could not validate {name} by {type}: {detail}.",
            "dns" when type != ChallengeTypes.Dns01 =>
                $"{authority} finds no address for {name} in DNS: {detail}. Create an A or AAAA record that points to this machine.",
            _ when type == ChallengeTypes.Dns01 =>
                $"{authority} does not find the expected TXT record at _acme-challenge.{name}: {detail}. " +
                "Check the zone and acme.dns.",
            _ when problem.Kind == "connection" || SaysNoConnection(detail) =>
                $"{authority} cannot reach {name} on port {port}: {detail}. Open port {port} to the whole internet " +
                $"and check that {name} points to this machine.",
            "tls" =>
                $"{authority} reaches {name} on port 443, but nothing there answers the TLS-ALPN validation: {detail}. " +
                $"Something in front of this machine terminates TLS, or {name} points elsewhere.",
            "unauthorized" or "incorrectResponse" =>
                $"{authority} reaches a different server at {name}, port {port}: {detail}. Check that every A and AAAA record of {name} " +
                "points to this machine and that nothing in front of it answers instead.",
            _ => $"{authority} could not validate {name} by {type}: {detail}.",
        };
        return new AcmeException(AcmeFailure.NotProven, message) { Problem = problem };
    }

    private static AcmeFailure FailureOf(Problem problem) => problem.Kind switch
    {
        "rateLimited" => AcmeFailure.RateLimited,
        "serverInternal" => AcmeFailure.Unreachable,
        "externalAccountRequired" or "invalidContact" or "unsupportedContact" or "invalidProfile" => AcmeFailure.Configuration,
        _ when problem.Status == 429 => AcmeFailure.RateLimited,
        _ when problem.Status >= 500 => AcmeFailure.Unreachable,
        _ => AcmeFailure.Refused,
    };

    private static string Details(Problem problem, IReadOnlyList<string> secrets)
    {
        var detail = Text.Clean(problem.Detail, secrets);
        foreach (var part in (problem.Subproblems ?? []).Take(MaxSubproblems))
            detail += $"; {Text.Clean(part.Identifier?.Value)}: {Text.Clean(part.Detail, secrets)}";
        return detail;
    }

    // Not every authority uses the type "connection" for this.
    private static bool SaysNoConnection(string detail) =>
        detail.Contains("connection refused", StringComparison.OrdinalIgnoreCase)
        || detail.Contains("no route to host", StringComparison.OrdinalIgnoreCase)
        || detail.Contains("failed to connect", StringComparison.OrdinalIgnoreCase)
        || detail.Contains("i/o timeout", StringComparison.OrdinalIgnoreCase);

    private static string CaaAdvice(DirectoryMeta? meta) =>
        meta?.CaaIdentities is [var identity, ..]
            ? $"Add the record: CAA 0 issue \"{Text.Clean(identity)}\"."
            : "Add a CAA record that names this authority, or remove the others.";
}
