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

    /// <summary>The upstream proxy does not allow connections to the host.</summary>
    ProxyForbids,

    /// <summary>The upstream proxy did not reach the host, and did not say why.</summary>
    ProxyFailed,

    /// <summary>The upstream proxy asks for a user and a password, or for others.</summary>
    ProxyCredentials,

    /// <summary>What answers is no such upstream proxy, or does not end its answer.</summary>
    NotAProxy,
}
