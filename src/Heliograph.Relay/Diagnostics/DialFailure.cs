namespace Heliograph.Relay.Diagnostics;

/// <summary>Why an upstream could not be dialled.</summary>
public enum DialFailure
{
    /// <summary>The resolver gave no address, or none in time.</summary>
    NotResolved,

    /// <summary>The resolver gave only addresses outside the public internet, and the route is built in.</summary>
    NotPublic,

    /// <summary>The host refused the connection.</summary>
    Refused,

    /// <summary>The host did not answer within the connect timeout.</summary>
    TimedOut,

    /// <summary>The host cannot be reached, or the machine is out of descriptors.</summary>
    Unreachable,
}
