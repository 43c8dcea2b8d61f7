using System.Runtime.InteropServices;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>What <see cref="ProxyHeaderReader"/> answers.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>A prefix of what may become a header.</summary>
    NeedMore,

    /// <summary>A whole and well-formed header.</summary>
    Header,

    /// <summary>The bytes begin with no header at all.</summary>
    Missing,

    /// <summary>It begins as a header, and breaks the rules.</summary>
    Malformed,

    /// <summary>Longer than what is accepted.</summary>
    TooLong,

    /// <summary>It has a CRC32c that is not its own.</summary>
    WrongChecksum,
}

/// <summary>What a PROXY protocol header says.</summary>
/// <param name="Status">Whether it is one; the rest means something for <see cref="ProxyHeaderStatus.Header"/> only.</param>
/// <param name="Length">How many bytes it has; what follows is the client's.</param>
/// <param name="Addresses">Null: those of the connection itself hold, because the proxy speaks for itself (LOCAL) or does not know (UNSPEC, UNKNOWN).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProxyHeader(ProxyHeaderStatus Status, int Length = 0, ConnectionAddresses? Addresses = null)
{
    public static readonly ProxyHeader NeedMore = new(ProxyHeaderStatus.NeedMore);
    public static readonly ProxyHeader Malformed = new(ProxyHeaderStatus.Malformed);
    public static readonly ProxyHeader TooLong = new(ProxyHeaderStatus.TooLong);
}
