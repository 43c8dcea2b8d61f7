namespace Heliograph.Acme.Protocol;

/// <summary>Turns problem documents into a sentence that says what to do.</summary>
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
            "rateLimited" => $"{authority} limits how often it may be asked, and the limit is reached: {detail}.",
            "externalAccountRequired" =>
                $"{authority} wants an account that was made on its web site; put what it shows there into acme.eab.key_id and " +
                $"acme.eab.hmac_key ({detail}).",
            "caa" => $"A CAA record in DNS forbids {authority} to issue: {detail}. {CaaAdvice(meta)}",
            "rejectedIdentifier" or "unsupportedIdentifier" =>
                $"{authority} gives no certificate for this name: {detail}. Change domains, or ask another authority.",
            "invalidContact" or "unsupportedContact" =>
                $"{authority} does not accept the mail address: {detail}. Change acme.email or remove it.",
            "invalidProfile" => $"{authority} does not know this profile: {detail}. Change acme.profile or remove it.",
            "userActionRequired" => $"{authority} wants the operator to act first: {detail}.",
            "accountDoesNotExist" => $"{authority} does not know this account: {detail}.",
            "unauthorized" => $"{authority} refused: {detail}. If the account was closed, remove its file in the state directory.",
            "badCSR" or "badPublicKey" => $"{authority} does not accept the request or its key type: {detail}. Try another acme.key_type.",
            "serverInternal" => $"{authority} has an internal error: {detail}. It will be asked again later.",
            "" when problem.Status >= 500 =>
                $"{authority} answers HTTP {problem.Status}: it has trouble of its own and will be asked again later.",
            "" when problem.Status == 429 => $"{authority} answers HTTP 429: it was asked too often.",
            "" => $"{authority} answers HTTP {problem.Status}: {detail}.",
            var kind => $"{authority} refused ({kind}): {detail}.",
        };
        return new AcmeException(FailureOf(problem), message) { Problem = problem, RetryAfter = retryAfter };
    }

    /// <summary>Why a name could not be validated, by the authority's finding and the way it looked.</summary>
    public static AcmeException ExplainChallenge(
        Problem problem, string name, string type, IReadOnlyList<string> secrets, string authority, DirectoryMeta meta)
    {
        if (problem.Kind is "rateLimited" or "serverInternal")
            return Explain(problem, null, authority, secrets, meta);
        var detail = Details(problem, secrets);
        var port = type == ChallengeTypes.Http01 ? "80" : "443";
        var message = problem.Kind switch
        {
            "caa" => $"A CAA record in DNS forbids {authority} to issue for {name}: {detail}. {CaaAdvice(meta)}",
            "dns" when type != ChallengeTypes.Dns01 =>
                $"{authority} finds no address for {name} in DNS: {detail}. Create an A or AAAA record that points to this machine.",
            _ when type == ChallengeTypes.Dns01 =>
                $"{authority} does not find the expected TXT record at _acme-challenge.{name}: {detail}. Check the zone, and what " +
                $"acme.dns does to it.",
            _ when problem.Kind == "connection" || SaysNoConnection(detail) =>
                $"{authority} cannot reach {name} on port {port}: {detail}. Open port {port} to the whole internet and check that {name} " +
                $"points to this machine.",
            "tls" =>
                $"{authority} reaches {name} on port 443 but no TLS-ALPN validation answers there: {detail}. Something in front of this " +
                $"machine ends TLS, or {name} points elsewhere.",
            "unauthorized" or "incorrectResponse" =>
                $"{authority} reaches another server than this one at {name}, port {port}: {detail}. Check that every A and AAAA record " +
                $"of {name} points to this machine and that nothing in front answers for it.",
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

    // Not every authority uses the type "connection" for it.
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
