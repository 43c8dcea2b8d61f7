using Heliograph.Acme.Protocol;

namespace Heliograph.Acme;

/// <summary>What kind of trouble it was; it decides how to go on.</summary>
public enum AcmeFailure
{
    /// <summary>The authority cannot be reached, hangs, or has an internal error: try again later.</summary>
    Unreachable,

    /// <summary>The authority answers what no ACME server would.</summary>
    NotAcme,

    /// <summary>The authority refused what was asked.</summary>
    Refused,

    /// <summary>The authority could not validate a name: something has to be put right in DNS, in a firewall or here.</summary>
    NotProven,

    /// <summary>The authority asked to wait.</summary>
    RateLimited,

    /// <summary>The clock of this machine is wrong.</summary>
    Clock,

    /// <summary>The configuration asks for what the authority does not have.</summary>
    Configuration,

    /// <summary>The state directory cannot be read or written.</summary>
    Storage,
}

/// <summary>No certificate could be had. The message is one sentence or two for the operator: what, where, what to do.</summary>
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
}
