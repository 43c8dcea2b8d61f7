using System.Buffers.Binary;
using System.Security.Cryptography;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>
/// Counts the open connections of each source. An address is kept only while one of its connections lasts, and only as a hash under a key
/// that this process made for itself; it is used for the comparison with the limit and nothing else. No more entries than connections.
/// </summary>
internal sealed class SourceTable
{
    /// <summary>The key of a connection that is not counted.</summary>
    public const ulong NotCounted = 0;

    /// <summary>A source is an IPv4 address, or an IPv6 /64, since every customer has at least one (RFC 6177).</summary>
    private const int PrefixLength = 64;

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, int> connections = [];
    private volatile int limit;

    /// <summary>Connections from one source; 0: no limit, and nothing is counted. A source that already has more keeps them.</summary>
    public int Limit
    {
        get => limit;
        set => limit = value;
    }

    /// <summary>Sources with a connection.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return connections.Count;
        }
    }

    /// <summary>Counts a connection, until <see cref="Leave"/>.</summary>
    /// <param name="source">Null: not known, and not counted.</param>
    /// <param name="key">For <see cref="Leave"/>.</param>
    /// <returns>False: the source has reached the limit, and this connection is not counted.</returns>
    public bool TryEnter(SourceAddress? source, out ulong key)
    {
        key = NotCounted;
        if (limit == 0 || source is not { } known)
            return true;
        var hash = Hash(known.IsIpv4 ? known.Bits : known.Bits >> PrefixLength << PrefixLength);
        lock (gate)
        {
            var open = connections.GetValueOrDefault(hash);
            if (open >= limit)
                return false;
            connections[hash] = open + 1;
        }
        key = hash;
        return true;
    }

    /// <summary>The same for a connection's peer. One that has already left is not counted, nor is a unix socket's.</summary>
    public bool TryEnter(LoopSocket socket, out ulong key)
    {
        key = NotCounted;
        if (limit == 0)
            return true;
        return TryEnter(SocketNames.Peer(socket)?.Address, out key);
    }

    /// <summary>Stops counting it.</summary>
    public void Leave(ulong key)
    {
        if (key == NotCounted)
            return;
        lock (gate)
        {
            var open = connections[key] - 1;
            if (open == 0)
                connections.Remove(key);
            else
                connections[key] = open;
        }
    }

    private ulong Hash(UInt128 prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, prefix);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, bytes, hash);
        // Two sources of 100,000 share a hash once in four billion runs; the lowest bit keeps it from NotCounted.
        return BinaryPrimitives.ReadUInt64BigEndian(hash) | 1;
    }
}
