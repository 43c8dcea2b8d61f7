using System.Buffers.Binary;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Native;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// Checks, before a certificate is served, whether libssl would send the same flight as <see cref="HandshakeServer"/>. An OpenSSL that
/// prefers other groups (3.5), is configured to (openssl.cnf), compresses certificates, or refuses this one, sends another: then it
/// performs every handshake. So does one that has a post-quantum key exchange, wherever it stands among its groups: nobody who offers it
/// may get a weaker one because the handshake was performed here.
/// </summary>
internal static unsafe class LibsslParityCheck
{
    private const int RandomStart = 11, RandomLength = 32, KeyShareLength = 32, MlKem768Length = 1184;

    /// <summary>
    /// The u-coordinate 9 is everybody's base point (RFC 7748 section 4.1): as good a public key as any, for a client that does not exist.
    /// </summary>
    private const byte BasePoint = 9;

    /// <summary>
    /// Compares the answers to two hellos for each suite: with what Signal's clients offer, and with what browsers do, who prefer
    /// X25519MLKEM768.
    /// </summary>
    public static bool Passes(TlsContext context, ServerIdentity identity)
    {
        using var records = RecordProtection.OpenSslOnly.CreateLayer();
        using var server = new HandshakeServer(records);
        foreach (var hello in HandshakeServer.CipherSuites.Select(static suite => CreateHello(suite, isPostQuantum: false))
            .Concat(HandshakeServer.CipherSuites.Select(static suite => CreateHello(suite, isPostQuantum: true))))
        {
            if (!server.TryAnswer(identity, hello, out var answer))
                return false;
            using (answer)
            {
                if (!AreSame(answer.Flight, AnswerByLibssl(context, hello)))
                    return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Record by record: the ServerHello but for its random parts, and the lengths of the encrypted records, except for the signature's,
    /// which varies.
    /// </summary>
    private static bool AreSame(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        const int ServerHello = 0, CertificateVerify = 4;
        for (var record = 0; !ours.IsEmpty; record++)
        {
            var (our, their) = (GetRecordLength(ours), GetRecordLength(theirs));
            if (their == 0 || ours[0] != theirs[0] || (our != their && record != CertificateVerify))
                return false;
            if (record == ServerHello && !AreSameHellos(ours[..our], theirs[..their]))
                return false;
            ours = ours[our..];
            theirs = theirs[their..];
        }
        return theirs.IsEmpty;
    }

    private static bool AreSameHellos(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        const int AfterRandom = RandomStart + RandomLength;
        return ours[..RandomStart].SequenceEqual(theirs[..RandomStart])
            && ours[AfterRandom..^KeyShareLength].SequenceEqual(theirs[AfterRandom..^KeyShareLength]);
    }

    /// <returns>0: there is no whole record.</returns>
    private static int GetRecordLength(ReadOnlySpan<byte> records)
    {
        if (records.Length < RecordLayer.HeaderLength)
            return 0;
        var length = RecordLayer.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(records[3..]);
        return length <= records.Length ? length : 0;
    }

    private static byte[] AnswerByLibssl(TlsContext context, byte[] hello)
    {
        using var bio = new TlsBio();
        var ssl = LibSsl.SSL_new(context.Pointer);
        LibSsl.SSL_set_accept_state(ssl);
        bio.AttachTo(ssl);
        fixed (byte* start = hello)
        {
            bio.Feed(start, hello.Length, ended: false);
            OpenSslErrors.Clear();
            _ = LibSsl.SSL_do_handshake(ssl);
        }
        bio.EndFeed();
        var answer = bio.Written.ToArray();
        LibSsl.SSL_free(ssl);
        OpenSslErrors.Clear();
        return answer;
    }

    private static byte[] CreateHello(int suite, bool isPostQuantum)
    {
        byte[] key = [BasePoint, .. new byte[KeyShareLength - 1]];
        byte[] x25519 = [0, 29, 0, KeyShareLength, .. key];
        // X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem section 4.1): an ML-KEM key, for which a polynomial of zeros is good enough, and one
        // of X25519.
        byte[] hybrid = [0x11, 0xec, .. UInt16(MlKem768Length + KeyShareLength), .. new byte[MlKem768Length], .. key];
        byte[] groups = isPostQuantum ? [0x11, 0xec, 0, 29, 0, 23] : [0, 29, 0, 23]; // X25519MLKEM768, X25519, P-256
        var shares = isPostQuantum ? [.. hybrid, .. x25519] : x25519;
        byte[] extensions =
        [
            0, 0, 0, 9, 0, 7, 0, 0, 4, .. "name"u8, // server_name
            0, 5, 0, 5, 1, 0, 0, 0, 0, // status_request
            0, 10, .. UInt16(groups.Length + 2), .. UInt16(groups.Length), .. groups, // supported_groups
            0, 13, 0, 6, 0, 4, 4, 3, 8, 4, // signature_algorithms: ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256
            0, 16, 0, 11, 0, 9, 8, .. "http/1.1"u8, // ALPN
            0, 27, 0, 7, 6, 0, 1, 0, 2, 0, 3, // compress_certificate: zlib, brotli, zstd
            0, 43, 0, 3, 2, 3, 4, // supported_versions: 1.3
            0, 45, 0, 2, 1, 1, // psk_key_exchange_modes: psk_dhe_ke
            0, 51, .. UInt16(shares.Length + 2), .. UInt16(shares.Length), .. shares, // key_share
        ];
        byte[] body =
        [
            3, 3, .. new byte[RandomLength], // legacy_version, random
            32, .. Enumerable.Repeat((byte)1, 32), // legacy_session_id
            0, 2, .. UInt16(suite), // cipher_suites
            1, 0, // legacy_compression_methods
            .. UInt16(extensions.Length), .. extensions,
        ];
        return [22, 3, 1, .. UInt16(4 + body.Length), 1, 0, .. UInt16(body.Length), .. body];

        static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];
    }
}
