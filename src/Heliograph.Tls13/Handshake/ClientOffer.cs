using System.Buffers.Binary;
using Heliograph.Tls13.Hello;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// What a ClientHello offers, read as OpenSSL reads it (RFC 8446 section 4.1.2). Only the hello that nearly every client sends is read: TLS
/// 1.3, X25519, no resumption, nothing malformed. All other hellos, and every error, are libssl's to answer.
/// </summary>
internal ref struct ClientOffer
{
    public const int KeyShareLength = 32;

    /// <summary>More than any client has; each share is searched for among them.</summary>
    private const int MostGroups = 64;

    private const ushort X25519 = 29, EcdsaSecp256r1Sha256 = 0x0403, Tls13 = 0x0304;

    /// <summary>The first suite of the client's that is ours.</summary>
    public CipherSuite Suite;

    /// <summary>legacy_session_id, which comes back in the ServerHello.</summary>
    public ReadOnlySpan<byte> SessionId;

    /// <summary>The client's public key.</summary>
    public ReadOnlySpan<byte> KeyShare;

    /// <summary>The entries of ALPN; empty where there are none.</summary>
    public ReadOnlySpan<byte> ProtocolNames;

    /// <summary>Whether there is a server_name, which is then acknowledged.</summary>
    public bool NamesServer;

    private ReadOnlySpan<byte> groups;
    private ReadOnlySpan<byte> shares;
    private bool offersTls13;
    private bool acceptsEcdsa;

    /// <param name="record">The first bytes of the connection, which <see cref="ClientHelloReader"/> has found to be a hello.</param>
    /// <param name="offer">What it offers.</param>
    /// <returns>False: this hello is libssl's to answer.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, out ClientOffer offer)
    {
        offer = default;
        // One record that is the message and nothing more, with a version that clients write there.
        if (record[2] is not (1 or 3)
            || HandshakeRecord.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(record[3..]) != record.Length)
        {
            return false;
        }
        var message = record[HandshakeRecord.HeaderLength..];
        if (!HandshakeHeader.TryRead(message, out var header) || header.MessageLength != message.Length)
            return false;
        var body = new PartialReader(message[HandshakeHeader.Length..], header.BodyLength);
        return body.TryReadUInt16(out var legacyVersion) && legacyVersion == 0x0303
            && body.TryRead(32, out _)
            && body.TryReadVector8(0, 32, out offer.SessionId)
            && body.TryReadVector16(2, out var suites)
            && offer.TryChooseSuite(suites)
            && body.TryReadVector8(1, 1, out var compression) && compression[0] == 0
            && body.TryReadVector16(0, out var extensions) && body.Remaining == 0
            && offer.TryReadExtensions(extensions)
            && offer is { offersTls13: true, acceptsEcdsa: true }
            && offer.TryChooseShare();
    }

    /// <summary>The client's order decides (ssl_prefer_server_ciphers off).</summary>
    private bool TryChooseSuite(ReadOnlySpan<byte> suites)
    {
        if (suites.Length % 2 != 0)
            return false;
        for (; !suites.IsEmpty; suites = suites[2..])
        {
            if (CipherSuite.Find(BinaryPrimitives.ReadUInt16BigEndian(suites)) is not { } suite)
                continue;
            Suite = suite;
            return true;
        }
        return false;
    }

    /// <summary>
    /// Reads the extensions that OpenSSL knows. If one is malformed, the hello is not ours. The reader has already seen that none comes
    /// twice.
    /// </summary>
    private bool TryReadExtensions(ReadOnlySpan<byte> extensions)
    {
        var reader = new PartialReader(extensions, extensions.Length);
        while (reader.Remaining > 0)
        {
            if (!reader.TryReadUInt16(out var type) || !reader.TryReadVector16(0, out var data) || !TryReadExtension(type, data))
                return false;
        }
        return true;
    }

    /// <summary>The types are those of OpenSSL's ext_defs; it ignores those that it does not know.</summary>
    private bool TryReadExtension(ushort type, ReadOnlySpan<byte> data) => type switch
    {
        0 => NamesServer = true, // server_name, checked by the reader
        5 => data.SequenceEqual((ReadOnlySpan<byte>)[1, 0, 0, 0, 0]), // status_request for OCSP: nginx without ssl_stapling does not answer
        10 => data.Length <= 2 + (2 * MostGroups) && TryReadNumbers(data, out groups), // supported_groups
        11 => data.Length > 1 && data[0] == data.Length - 1, // ec_point_formats, of older versions
        13 => TryReadSignatureAlgorithms(data),
        16 => ProtocolNameList.TryRead(data, out ProtocolNames),
        18 or 21 => true, // signed_certificate_timestamp and padding, which OpenSSL's server does not read
        22 or 23 or 35 or 49 => data.IsEmpty, // encrypt_then_mac, extended_main_secret, session_ticket, post_handshake_auth
        43 => SupportedVersions.TryRead(data, out var versions) && (offersTls13 = Contains(versions, Tls13)),
        45 => data.Length > 1 && data[0] == data.Length - 1, // psk_key_exchange_modes; OpenSSL sends tickets whatever it says
        51 => TryReadShares(data),
        0xff01 => data is [0], // renegotiation_info
        1 or 12 or 14 or 41 or 42 or 44 or 47 or 50 or 13172 or 0xfde8 => false,
        _ => true,
    };

    private bool TryReadSignatureAlgorithms(ReadOnlySpan<byte> data)
    {
        if (!TryReadNumbers(data, out var schemes))
            return false;
        acceptsEcdsa = Contains(schemes, EcdsaSecp256r1Sha256);
        return true;
    }

    private bool TryReadShares(ReadOnlySpan<byte> data)
    {
        var reader = new PartialReader(data, data.Length);
        return reader.TryReadVector16(0, out shares) && reader.Remaining == 0;
    }

    /// <summary>
    /// Chooses the client's first share of a group that OpenSSL has, which must be X25519. Of those after it OpenSSL checks the lengths
    /// only.
    /// </summary>
    private bool TryChooseShare()
    {
        var reader = new PartialReader(shares, shares.Length);
        while (reader.Remaining > 0)
        {
            if (!reader.TryReadUInt16(out var group) || !reader.TryReadVector16(1, out var key))
                return false;
            if (!KeyShare.IsEmpty)
                continue;
            if (!Contains(groups, group) || (IsOpenSslGroup(group) && (group != X25519 || key.Length != KeyShareLength)))
                return false;
            if (group == X25519)
                KeyShare = key;
        }
        return !KeyShare.IsEmpty;
    }

    /// <summary>OpenSSL's groups: P-256, P-384, P-521, X25519, X448, GOST's, and those of RFC 7919.</summary>
    private static bool IsOpenSslGroup(ushort group) =>
        group is (>= 23 and <= 25) or X25519 or 30 or (>= 34 and <= 40) or (>= 256 and <= 260);

    private static bool TryReadNumbers(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> numbers)
    {
        var reader = new PartialReader(data, data.Length);
        return reader.TryReadVector16(2, out numbers) && numbers.Length % 2 == 0 && reader.Remaining == 0;
    }

    private static bool Contains(ReadOnlySpan<byte> numbers, ushort number)
    {
        for (; !numbers.IsEmpty; numbers = numbers[2..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(numbers) == number)
                return true;
        }
        return false;
    }
}
