using System.Buffers.Binary;

namespace Heliograph.Relay.OuterTls.Handshake;

/// <summary>
/// Asks libssl, before a certificate is served, whether it would send the flight that we do. An OpenSSL that prefers other groups (3.5) or is told to (openssl.cnf), that compresses certificates or refuses
/// this one, answers otherwise: then it answers everybody.
/// </summary>
internal static unsafe class SameAsLibssl
{
    private const int RandomStart = 11, RandomLength = 32;

    /// <summary>The u-coordinate 9 is everybody's base point (RFC 7748 section 4.1): a public key as good as any, for a connection that is none.</summary>
    private const byte BasePoint = 9;

    /// <summary>For each suite, one hello with what browsers and Signal's clients send.</summary>
    public static bool Answers(TlsContext context)
    {
        using var records = new RecordLayer(ipsecMb: null);
        using var server = new HandshakeServer(records);
        Span<byte> hello = stackalloc byte[512];
        foreach (var suite in CipherSuite.All)
        {
            var length = WriteHello(suite, hello);
            var ours = server.Sample(context, hello[..length]);
            if (ours.IsEmpty || !IsSame(ours, Libssl(context, hello[..length])))
                return false;
        }
        return true;
    }

    /// <summary>Record by record: the ServerHello but for what is random in it, and of those under keys the lengths; a signature's own varies.</summary>
    private static bool IsSame(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        const int ServerHello = 0, CertificateVerify = 4;
        for (var record = 0; !ours.IsEmpty; record++)
        {
            var (our, their) = (LengthOf(ours), LengthOf(theirs));
            if (their == 0 || ours[0] != theirs[0] || (our != their && record != CertificateVerify))
                return false;
            if (record == ServerHello && !IsSameHello(ours[..our], theirs[..their]))
                return false;
            ours = ours[our..];
            theirs = theirs[their..];
        }
        return theirs.IsEmpty;
    }

    private static bool IsSameHello(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs) =>
        ours[..RandomStart].SequenceEqual(theirs[..RandomStart])
        && ours[(RandomStart + RandomLength)..^ClientOffer.KeyShareLength].SequenceEqual(theirs[(RandomStart + RandomLength)..^ClientOffer.KeyShareLength]);

    /// <returns>0: there is no whole record.</returns>
    private static int LengthOf(ReadOnlySpan<byte> records)
    {
        if (records.Length < RecordLayer.HeaderLength)
            return 0;
        var length = RecordLayer.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(records[3..]);
        return length <= records.Length ? length : 0;
    }

    private static byte[] Libssl(TlsContext context, ReadOnlySpan<byte> hello)
    {
        using var bio = new TlsBio();
        var ssl = OpenSsl.SSL_new(context.Pointer);
        OpenSsl.SSL_set_accept_state(ssl);
        bio.AttachTo(ssl);
        fixed (byte* start = hello)
        {
            bio.Feed(start, hello.Length, ended: false);
            OpenSsl.ERR_clear_error();
            _ = OpenSsl.SSL_do_handshake(ssl);
        }
        bio.EndFeed();
        var answer = bio.Written.ToArray();
        OpenSsl.SSL_free(ssl);
        OpenSsl.ERR_clear_error();
        return answer;
    }

    private static int WriteHello(CipherSuite suite, Span<byte> hello)
    {
        var writer = new MessageWriter(hello[RecordLayer.HeaderLength..], HandshakeType.ClientHello);
        writer.WriteUInt16(0x0303);
        writer.Take(RandomLength).Clear();
        writer.WriteByte(32);
        writer.Take(32).Fill(1);
        writer.WriteUInt16(2);
        writer.WriteUInt16((ushort)suite.Id);
        writer.Write([1, 0]);
        var lengthOfExtensions = writer.Take(2);
        var before = writer.Message.Length;
        writer.Write([0, 0, 0, 9, 0, 7, 0, 0, 4, (byte)'n', (byte)'a', (byte)'m', (byte)'e']); // server_name
        writer.Write([0, 5, 0, 5, 1, 0, 0, 0, 0]); // status_request
        writer.Write([0, 10, 0, 6, 0, 4, 0, 29, 0, 23]); // supported_groups: X25519, P-256
        writer.Write([0, 13, 0, 6, 0, 4, 4, 3, 8, 4]); // signature_algorithms: ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256
        writer.Write([0, 16, 0, 11, 0, 9, 8]); // ALPN
        writer.Write("http/1.1"u8);
        writer.Write([0, 27, 0, 7, 6, 0, 1, 0, 2, 0, 3]); // compress_certificate: zlib, brotli, zstd
        writer.Write([0, 43, 0, 3, 2, 3, 4]); // supported_versions: 1.3
        writer.Write([0, 45, 0, 2, 1, 1]); // psk_key_exchange_modes: psk_dhe_ke
        writer.Write([0, 51, 0, 38, 0, 36, 0, 29, 0, 32, BasePoint]); // key_share
        writer.Take(ClientOffer.KeyShareLength - 1).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(lengthOfExtensions, (ushort)(writer.Message.Length - before));
        var length = writer.Message.Length;
        hello[0] = (byte)ContentType.Handshake;
        hello[1] = 3;
        hello[2] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(hello[3..], (ushort)length);
        return RecordLayer.HeaderLength + length;
    }
}
