namespace Heliograph.Tls13.Session;

/// <summary>How far a <see cref="Tls13Session"/> has come.</summary>
public enum SessionState
{
    /// <summary>The client may send more.</summary>
    Open,

    /// <summary>The client has said that it sends no more: close_notify, or the end of its bytes.</summary>
    Closed,

    /// <summary>Nothing that follows counts: one side has sent a fatal alert, or the connection has broken.</summary>
    Broken,
}
