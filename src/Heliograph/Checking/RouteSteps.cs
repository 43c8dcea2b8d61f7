namespace Heliograph.Checking;

/// <summary>What was seen of Signal's hosts through the proxy, for people.</summary>
internal static class RouteSteps
{
    /// <summary>Chain and name were verified.</summary>
    public const string Verified = "verified";

    /// <summary>The name is right; whose signature it bears could not be told without Signal's root.</summary>
    public const string Named = "named";

    public const string WrongCertificate = "wrong_certificate";

    /// <summary>The same as for a name that no proxy relays.</summary>
    public const string AsDenied = "as_denied";

    /// <summary>The outer connection failed.</summary>
    public const string NoConnection = "no_connection";

    /// <summary>An answer that came this much later than a denial is one that was waited for: the proxy tried.</summary>
    private const double ClearlyLaterMs = 1000;

    /// <param name="answers">One for each host.</param>
    /// <param name="denied">For a name that no proxy relays; null: not known.</param>
    /// <param name="hasSignalRoots">Whether the certificates could be verified.</param>
    public static List<CheckStep> FromAnswers(IReadOnlyList<InnerAnswer> answers, InnerAnswer? denied, bool hasSignalRoots)
    {
        var steps = answers.Select(answer => FromAnswers(answer, denied, hasSignalRoots)).ToList();
        var isAll = steps.TrueForAll(static step => step.Severity != Severity.Ok);
        // One host of many is a pity; the chat host, or all of them, is no service.
        return [.. steps.Select(step => step.Severity != Severity.Ok && (isAll || Conclusion.IsNeeded(step.Subject!)) ? step with { Severity = Severity.Failure } : step)];
    }

    private static CheckStep FromAnswers(InnerAnswer answer, InnerAnswer? denied, bool hasSignalRoots)
    {
        var step = new CheckStep
        {
            Step = Steps.Route,
            Subject = answer.Name,
            Outcome = Verified,
            Severity = Severity.Ok,
            Seen = "",
            TookMs = answer.TookMs,
            Protocol = answer.Protocol,
            Certificate = answer.Certificate,
        };
        if (answer.IsOuter)
            return Failed(step, NoConnection, $"the proxy took no further connection: {answer.Trouble!.Seen}", "see whether the proxy is at its limit of connections, and try again");
        if (answer is { Trouble: null, Certificate: { } look })
            return OfCertificate(step, look, hasSignalRoots);
        if (answer.Trouble is not { } trouble)
            return Failed(step, Trouble.TlsFailed, "no certificate was shown", $"look on the server what answers for {answer.Name}");
        return IsAsDenied(answer, denied)
            ? Failed(step, AsDenied, $"not relayed: {trouble.Seen}, as for a denied name", "bring the proxy's list of hosts up to date (for Signal-TLS-Proxy: git pull, and start it anew)")
            : Failed(step, trouble.Outcome, trouble.Seen, $"look on the server why {answer.Name} does not answer it");
    }

    private static CheckStep OfCertificate(CheckStep step, CertificateCheck look, bool hasSignalRoots)
    {
        if (look.VerifiedBy is { } by)
            return step with { Seen = $"verified by {by}" };
        if (!hasSignalRoots && look.IsOnlyUnproven())
            return step with { Outcome = Named, Seen = $"its own name, by {look.Issuer}" };
        var names = look.Names.Count == 0 ? "no name" : string.Join(", ", look.Names.Take(2)) + (look.Names.Count > 2 ? ", ..." : "");
        return Failed(step, WrongCertificate, $"{string.Join(", ", look.Problems.Select(EndpointSteps.Describe))}: {names}, by {look.Issuer}", $"do not use this proxy until it is known what answers there in the place of {step.Subject}");
    }

    /// <summary>Whether a route is one at all: a proxy that tries and fails takes its time, or gives another answer.</summary>
    private static bool IsAsDenied(InnerAnswer answer, InnerAnswer? denied) =>
        denied is { IsOuter: false, Trouble: not null }
        && Kind(answer.Trouble!) == Kind(denied.Trouble)
        && answer.TookMs < denied.TookMs + ClearlyLaterMs;

    private static string Kind(Trouble trouble) => trouble.Outcome == Trouble.Reset ? Trouble.Closed : trouble.Outcome == Trouble.WebAnswer ? trouble.Seen : trouble.Outcome;

    private static CheckStep Failed(CheckStep step, string outcome, string seen, string mend) => step with { Outcome = outcome, Severity = Severity.Warning, Seen = seen, Remedy = mend };
}
