namespace Heliograph.Checking;

/// <summary>What was seen of Signal's hosts through the proxy, for a person.</summary>
internal static class RouteSteps
{
    /// <summary>Chain and name were verified.</summary>
    public const string Verified = "verified";

    /// <summary>The name is right; the issuer could not be verified without Signal's root.</summary>
    public const string Named = "named";

    public const string WrongCertificate = "wrong_certificate";

    /// <summary>The same answer as for a name that no proxy relays.</summary>
    public const string AsDenied = "as_denied";

    /// <summary>The outer connection failed.</summary>
    public const string NoConnection = "no_connection";

    /// <summary>If an answer comes this much later than a denial, the proxy did try to connect.</summary>
    private const double ClearlyLaterMs = 1000;

    /// <param name="answers">One for each host.</param>
    /// <param name="denied">For a name that no proxy relays; null: not known.</param>
    /// <param name="hasSignalRoots">Whether the certificates could be verified.</param>
    public static List<CheckStep> FromAnswers(IReadOnlyList<InnerAnswer> answers, InnerAnswer? denied, bool hasSignalRoots)
    {
        var steps = answers.Select(answer => FromAnswer(answer, denied, hasSignalRoots)).ToList();
        var isAll = steps.TrueForAll(static step => step.Severity != Severity.Ok);
        // One host of many is a warning; without the chat host, or without all of them, there is no service.
        return
        [
            .. steps.Select(step =>
                step.Severity != Severity.Ok && (isAll || Conclusion.IsNeeded(step.Subject!))
                    ? step with
                    {
                        Severity = Severity.Failure,
                    }
                    : step),
        ];
    }

    /// <summary>The same of a name that must lead to a web site and nothing else.</summary>
    public static List<CheckStep> ForWebSite(IEnumerable<CheckStep> steps) =>
    [
        .. steps.Select(static step => step switch
        {
            { Severity: Severity.Ok } => step with
            {
                Severity = Severity.Failure,
                Seen = "relayed: this name leads to Signal",
                Remedy = "set access.mode: unlisted on the server, and hand out names of heliograph link new only",
            },
            { Outcome: AsDenied } => step with { Severity = Severity.Ok, Seen = step.Seen, Remedy = null },
            _ => step with { Severity = Severity.Warning },
        }),
    ];

    private static CheckStep FromAnswer(InnerAnswer answer, InnerAnswer? denied, bool hasSignalRoots)
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
            return Failed(
                step,
                NoConnection,
                $"the proxy accepted no further connection: {answer.Trouble!.Seen}",
                "check whether the proxy has reached its connection limit, and try again");
        if (answer is { Trouble: null, Certificate: { } certificate })
            return FromCertificate(step, certificate, hasSignalRoots);
        if (answer.Trouble is not { } trouble)
            return Failed(step, Trouble.TlsFailed, "no certificate was shown", $"find out on the server what answers for {answer.Name}");
        return IsAsDenied(answer, denied)
            ? Failed(
                step,
                AsDenied,
                $"not relayed: {trouble.Seen}, as for a denied name",
                "update the proxy's list of hosts (for Signal-TLS-Proxy: git pull, then restart it)")
            : Failed(step, trouble.Outcome, trouble.Seen, $"find out on the server why {answer.Name} does not answer it");
    }

    private static CheckStep FromCertificate(CheckStep step, CertificateCheck certificate, bool hasSignalRoots)
    {
        if (certificate.VerifiedBy is { } by)
            return step with { Seen = $"verified by {by}" };
        if (!hasSignalRoots && certificate.IsOnlyUnproven())
            return step with { Outcome = Named, Seen = $"name matches, issued by {certificate.Issuer}" };
        return Failed(
            step,
            WrongCertificate,
            $"{string.Join(", ", certificate.Problems.Select(EndpointSteps.Describe))}: {certificate.Describe(mostNames: 2)}, by " +
            certificate.Issuer,
            $"do not use this proxy until you know what answers there instead of {step.Subject}");
    }

    /// <summary>Whether the proxy does not relay a name at all: one that tries and fails takes longer, or answers differently.</summary>
    private static bool IsAsDenied(InnerAnswer answer, InnerAnswer? denied) =>
        denied is { IsOuter: false, Trouble: not null }
        && Kind(answer.Trouble!) == Kind(denied.Trouble)
        && answer.TookMs < denied.TookMs + ClearlyLaterMs;

    private static string Kind(Trouble trouble) => trouble.Outcome switch
    {
        Trouble.Reset => Trouble.Closed,
        Trouble.WebAnswer => trouble.Seen,
        var other => other,
    };

    private static CheckStep Failed(CheckStep step, string outcome, string seen, string remedy) =>
        step with
        {
            Outcome = outcome,
            Severity = Severity.Warning,
            Seen = seen,
            Remedy = remedy,
        };
}
