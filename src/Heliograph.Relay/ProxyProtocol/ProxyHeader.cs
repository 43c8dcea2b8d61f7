using System.Runtime.InteropServices;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>What <see cref="ProxyHeaderReader"/> answers.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>A prefix of a possible header.</summary>
    NeedMore,

    /// <summary>A complete, well-formed header.</summary>
    Header,

    /// <summary>The bytes do not begin with a header.</summary>
    Missing,

    /// <summary>It begins like a header, but breaks the rules.</summary>
    Malformed,

    /// <summary>Longer than we accept.</summary>
    TooLong,

    /// <summary>Its CRC32c is wrong.</summary>
    WrongChecksum,
}

/// <summary>What a PROXY protocol header says.</summary>
/// <param name="Status">Whether it is one; the rest is valid for <see cref="ProxyHeaderStatus.Header"/> only.</param>
/// <param name="Length">Its length; what follows is the client's.</param>
/// <param name="Addresses">
/// Null: use those of the connection itself, because the proxy speaks for itself (LOCAL) or does not know (UNSPEC, UNKNOWN).
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProxyHeader(ProxyHeaderStatus Status, int Length = 0, ConnectionAddresses? Addresses = null)
{
    public static readonly ProxyHeader NeedMore = new(ProxyHeaderStatus.NeedMore);
    public static readonly ProxyHeader Malformed = new(ProxyHeaderStatus.Malformed);
    public static readonly ProxyHeader TooLong = new(ProxyHeaderStatus.TooLong);
}
