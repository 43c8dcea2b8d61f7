namespace Heliograph.Fleet;

/// <summary>The kind of failure, which decides what happens next.</summary>
public enum FleetFailure
{
    /// <summary>No endpoint of etcd answers: serve what is here, and try again later.</summary>
    Unreachable,

    /// <summary>What answers is not etcd, or says more than it may.</summary>
    NotEtcd,

    /// <summary>etcd knows neither this user and password, or does not let the user do this.</summary>
    AccessDenied,

    /// <summary>The lease is over.</summary>
    LeaseGone,

    /// <summary>etcd refused the request for another reason.</summary>
    Refused,

    /// <summary>The settings for etcd are wrong.</summary>
    Configuration,
}

/// <summary>Something shared could not be read or written. The message tells the operator what failed, where, and what to do.</summary>
public sealed class FleetException : Exception
{
    public FleetException(FleetFailure failure, string message, Exception? inner = null) : base(message, inner)
    {
        Failure = failure;
    }

    public FleetFailure Failure { get; }
}
