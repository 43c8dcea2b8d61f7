namespace Heliograph.Relay.Diagnostics;

/// <summary>What the decoy's last visitor got; the worst is last.</summary>
public enum DecoyState
{
    Served,

    /// <summary>The decoy could not be dialled, and the error page of an nginx whose upstream is down was shown.</summary>
    ErrorPage,

    /// <summary>The decoy could not be dialled, there is no error page, and the connection was closed.</summary>
    Disconnected,
}
