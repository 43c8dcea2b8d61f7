using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// How much nginx's libssl would have read from the socket. What it has not read when nginx closes, the kernel answers with RST. Here all
/// that has come is read at once, so the difference has to be known.
/// </summary>
/// <remarks>
/// nginx turns read-ahead on. At the beginning of a record libssl then reads as much as there is, up to the length of its buffer; but the
/// rest of a record whose header came alone it reads exactly. The record layer of OpenSSL 3.2 and later does not read ahead at first:
/// until the keys of the application are in use (in TLS 1.2, those of the handshake), it reads a header, and then its record. Measured
/// with strace beside nginx 1.22.1 with OpenSSL 3.0.19 and nginx 1.26.3 with OpenSSL 3.5.9.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct LibsslReads
{
    /// <summary>libssl's buffer for reading: a record of TLS 1.2 as long as it may be, and what aligns it.</summary>
    private const int LongestReadAhead = 16709;

    private const byte ChangeCipherSpec = 20;

    private long position;
    private long headerEnd;
    private int headerBytes;
    private int bodyLeft;
    private ushort length;
    private byte type;
    private bool hasChangedCipher;

    // The last record's header came before its end, so that libssl read the rest of it exactly.
    private bool isSplit;

    /// <summary>Whether its first layers read ahead, too.</summary>
    public static bool ReadsAheadAlways { get; } = SafeEvpPKeyHandle.OpenSslVersion < 0x30200000;

    /// <summary>Follows what libssl has taken.</summary>
    /// <param name="taken">The bytes, which continue those of the last call.</param>
    /// <param name="latest">Where in them the bytes begin that came last.</param>
    public void Take(ReadOnlySpan<byte> taken, int latest)
    {
        for (var at = 0; at < taken.Length;)
        {
            if (bodyLeft > 0)
            {
                var count = Math.Min(bodyLeft, taken.Length - at);
                at += count;
                bodyLeft -= count;
                isSplit = headerEnd <= position + latest && at > latest;
                continue;
            }
            if (headerBytes == 0)
            {
                hasChangedCipher |= type == ChangeCipherSpec;
                type = taken[at];
            }
            length = (ushort)((length << 8) | taken[at++]);
            if (++headerBytes < RecordLayer.HeaderLength)
                continue;
            headerBytes = 0;
            bodyLeft = length;
            headerEnd = position + at;
            isSplit = false;
        }
        position += taken.Length;
    }

    /// <summary>Whether it would leave something of the bytes behind the last record.</summary>
    /// <param name="behind">How many bytes there are.</param>
    /// <param name="isTls12">The version of the connection.</param>
    public readonly bool Leaves(int behind, bool isTls12) =>
        Leaves(behind, isSplit, readsAhead: ReadsAheadAlways || (isTls12 && hasChangedCipher));

    /// <summary>The same for a record of which one knows it.</summary>
    public static bool Leaves(int behind, bool isSplit, bool readsAhead) =>
        behind > (readsAhead && !isSplit ? LongestReadAhead : 0);
}
