using Heliograph.Acme.Protocol;

namespace Heliograph.Acme;

/// <summary>The kind of failure, which decides what happens next.</summary>
public enum AcmeFailure
{
    /// <summary>The authority cannot be reached, hangs, or has an internal error: try again later.</summary>
    Unreachable,

    /// <summary>The authority's response is not ACME.</summary>
    NotAcme,

    /// <summary>The authority refused what was asked.</summary>
    Refused,

    /// <summary>The authority could not validate a name: something in DNS, in a firewall or here has to be fixed.</summary>
    NotProven,

    /// <summary>The authority does not finish what it has begun; the order can still be fetched.</summary>
    Unfinished,

    /// <summary>The authority asked to wait.</summary>
    RateLimited,

    /// <summary>The clock of this machine is wrong.</summary>
    Clock,

    /// <summary>The configuration asks for something that the authority does not offer.</summary>
    Configuration,

    /// <summary>The state cannot be read or written.</summary>
    Storage,

    /// <summary>Another machine that shares the state has taken over.</summary>
    Superseded,

    /// <summary>What several machines share cannot be asked.</summary>
    Away,
}

/// <summary>There is no new certificate. The message tells the operator in a sentence or two what failed, where, and what to do.</summary>
public sealed class AcmeException : Exception
{
    public AcmeException(AcmeFailure failure, string message, Exception? inner = null) : base(message, inner)
    {
        Failure = failure;
    }

    public AcmeFailure Failure { get; }

    /// <summary>How long the authority asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    internal Problem? Problem { get; init; }

    /// <summary>It says something of the authority, and nothing of where the state is stored.</summary>
    internal bool IsTheAuthoritys => Failure is not (AcmeFailure.Storage or AcmeFailure.Superseded or AcmeFailure.Away);
}
