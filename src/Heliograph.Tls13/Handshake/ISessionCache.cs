namespace Heliograph.Tls13.Handshake;

/// <summary>
/// Keeps the sessions that tickets stand for, and resumes them: that is not done here. Any thread that answers handshakes may call it.
/// </summary>
public interface ISessionCache
{
    /// <summary>How long a session can be resumed, in seconds; stands in each ticket. At most 604,800 (RFC 8446 section 4.6.1).</summary>
    uint LifetimeSeconds { get; }

    /// <summary>Keeps a session. One that could not be kept costs its client a full handshake, and nothing else.</summary>
    /// <param name="suite">The cipher suite's number in the protocol.</param>
    /// <param name="ticket">32 bytes; copied.</param>
    /// <param name="preSharedKey">The key that goes with the ticket, as long as the suite's hash; copied.</param>
    void Add(int suite, ReadOnlySpan<byte> ticket, ReadOnlySpan<byte> preSharedKey);
}
