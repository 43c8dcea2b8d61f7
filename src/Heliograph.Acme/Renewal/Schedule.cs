using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Renewal;

/// <summary>What may be done now and what later: the plan, after failures and within the authorities' limits.</summary>
internal sealed record Schedule(
    CertificateState State,
    IssuedCertificate? Certificate,
    AcmeOptions Options,
    IReadOnlyList<string> Names,
    DateTimeOffset Now,
    bool IsShared)
{
    // An authority that fails this often in a row is skipped for this attempt, if there is another one.
    private const int FailuresBeforeFailover = 3;
    private const int FailoverLifetimePart = 5;

    private const string RenewCommand = "heliograph certificate renew";

    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromSeconds(1);

    // How soon it is seen that what was wrong has been put right.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private static readonly IReadOnlyDictionary<string, DateTimeOffset> NoLimits =
        new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>Let's Encrypt's limits last no longer. A longer Retry-After is the authority's mistake.</summary>
    public static TimeSpan LongestRetryAfter { get; } = TimeSpan.FromDays(7);

    public RenewalPlan Plan => RenewalPlan.For(Certificate, State, Options, Names, Now, IsShared);

    /// <summary>When the next attempt takes place: when it is due, or as soon as the last failure and the authorities allow.</summary>
    public DateTimeOffset NextAttempt
    {
        get
        {
            var due = Plan.At;
            var backedOff =
                (IsAbandoned ? null : Trusted(State.Attempts.NextAttempt, Backoff.Longest, State.Attempts.LastErrorAt)) ?? due;
            return Later(Later(due, backedOff), EarliestIssuer);
        }
    }

    /// <summary>
    /// A machine of the fleet is at it, or was and has stalled: whoever gets the lock then goes on at once, because what the other one
    /// still writes is refused. Only one does: if that one stalls too, the back-off counts.
    /// </summary>
    public bool IsAbandoned => IsShared && State.Attempts is { IsUnderWay: true, Abandoned: 0 };

    /// <summary>The authorities accept no request before this instant; null: one of them may be asked.</summary>
    public DateTimeOffset? LimitedUntil => EarliestIssuer > Now ? EarliestIssuer : null;

    /// <summary>For the operator: when the next attempt is, and the command that asks sooner, from when it would not be refused.</summary>
    public string Outlook => $"The next attempt is at {NextAttempt:u}; " + LimitedUntil switch
    {
        null => $"once the cause is gone, ask at once with: {RenewCommand}",
        { } until when until < NextAttempt =>
            $"the authority accepts none before {until:u}, and from then on you can ask with: {RenewCommand}",
        _ => "the authority accepts none before then.",
    };

    /// <summary>It is due, and only the last failure delays it.</summary>
    public bool IsPostponed => State.Attempts.Failures > 0 && Plan.At <= Now && LimitedUntil is null && NextAttempt > Now;

    /// <summary>An authority could not be told what is compromised, and is asked again later.</summary>
    public bool IsLeavingPostponed => Trusted(State.Leaving?.Until, Backoff.Longest, State.Leaving?.Since) > Now;

    /// <summary>What the authorities said in failures, without what they said while the clock was ahead.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Limits =>
        StoredInstant.IsAhead(LastFailure, Now, IsShared) ? NoLimits : State.NotBefore;

    public IssuerOptions? SuggestingIssuer => Options.Issuers.FirstOrDefault(candidate => candidate.Directory == Certificate?.Directory);

    public DateTimeOffset? SuggestionDue =>
        Certificate?.AriId is null || SuggestingIssuer is null
            ? null
            : Trusted(State.Ari?.NextCheck, RenewalInfo.Longest, State.Ari?.AskedAt) ?? Now;

    public TimeSpan? Remaining => Certificate?.NotAfter - Now;

    /// <summary>
    /// How long to sleep. Only a few minutes, because another process may store a certificate, and machines may suspend.
    /// </summary>
    public TimeSpan Sleep
    {
        get
        {
            var next = NextAttempt;
            if (SuggestionDue is { } check && check < next)
                next = check;
            var sleep = next - Now;
            var longest = IsPostponed ? LookEvery : LongestSleep;
            return sleep < ShortestSleep ? ShortestSleep : sleep > longest ? longest : sleep;
        }
    }

    /// <summary>The first authority, and also the second if the first keeps failing or time is running out.</summary>
    public List<IssuerOptions> Candidates(bool rateLimitsToo)
    {
        var failures = State.Attempts.Failures;
        var urgent = Certificate is null || Remaining < Certificate.Lifetime / FailoverLifetimePart;
        var both = failures >= FailuresBeforeFailover || (failures >= 1 && urgent);
        return [.. Options.Issuers
            .Where((_, index) => index == 0 || both || !MayAsk(Options.Primary))
            .Where(candidate => rateLimitsToo || MayAsk(candidate))];
    }

    /// <summary>Whether one more failure, before the back-off's end, stays within what authorities allow.</summary>
    /// <param name="challengeTypes">How many an order may try.</param>
    public bool MayAskAtOnce(int challengeTypes) => Candidates(rateLimitsToo: false).TrueForAll(candidate =>
        FailureLimit.Allows(State.Attempts.Orders, FirstDirectory(candidate), candidate.Directory, challengeTypes, Now));

    /// <summary>Where an attempt begins: at the staging directory after a failed validation.</summary>
    public string FirstDirectory(IssuerOptions candidate) => TrialDirectory(candidate) ?? candidate.Directory;

    public string? TrialDirectory(IssuerOptions candidate) =>
        candidate.StagingDirectory is { } staging
        && staging != candidate.Directory
        && State.Attempts.TrialFirst.Contains(candidate.Directory, StringComparer.Ordinal)
            ? staging
            : null;

    private DateTimeOffset EarliestIssuer => Options.Issuers.Min(NotBefore);

    private bool MayAsk(IssuerOptions candidate) => NotBefore(candidate) <= Now;

    private DateTimeOffset NotBefore(IssuerOptions candidate) =>
        Limits.TryGetValue(candidate.Directory, out var notBefore) && notBefore - Now <= LongestRetryAfter
            ? notBefore
            : DateTimeOffset.MinValue;

    /// <summary>No limit was noted later: a certificate ends the failures before it.</summary>
    private DateTimeOffset? LastFailure => State.Attempts.LastErrorAt ?? State.ObtainedAt;

    /// <summary>An instant from the file, unless the clock was ahead when it was written.</summary>
    /// <param name="instant">Until when to wait.</param>
    /// <param name="longest">Nothing is waited for longer.</param>
    /// <param name="written">When it was written; null: before this was kept.</param>
    private DateTimeOffset? Trusted(DateTimeOffset? instant, TimeSpan longest, DateTimeOffset? written) =>
        instant - Now > longest || StoredInstant.IsAhead(written, Now, IsShared) ? null : instant;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
