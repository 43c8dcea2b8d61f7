using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Testing.Tls13;

/// <summary>
/// Describes a server's handshake messages in words that are equal whenever the messages are, except for random or signed parts,
/// which are checked instead.
/// </summary>
internal sealed class ServerWords
{
    /// <summary>SHA-256 of "HelloRetryRequest", the random of one (RFC 8446 section 4.1.3).</summary>
    private static readonly byte[] RetryRandom = SHA256.HashData("HelloRetryRequest"u8);

    private X509Certificate2? leaf;

    public bool IsRetry { get; private set; }

    /// <summary>The index of the pre_shared_key that the server chose.</summary>
    public int? Resumed { get; private set; }

    /// <summary>The cipher suite's name, for TLS 1.3.</summary>
    public string? Suite { get; private set; }

    public int? Group { get; private set; }

    public byte[]? ServerShare { get; private set; }

    /// <param name="message">With its header.</param>
    /// <param name="before">The messages before it.</param>
    /// <param name="schedule">The secrets, once they exist.</param>
    /// <param name="serverSecret">The server's handshake secret.</param>
    /// <param name="chance">How many of its bytes are random.</param>
    public string Describe(byte[] message, byte[] before, KeySchedule? schedule, byte[] serverSecret, out int chance)
    {
        chance = 0;
        var body = message[4..];
        switch (message[0])
        {
            case 2:
                return ServerHello(body);
            case 4 when schedule is not null:
                return NewSessionTicket(body);
            case 8:
                return "EncryptedExtensions " + Convert.ToHexString(body);
            case 11:
                return Certificate(body, isTls13: schedule is not null);
            case 12:
                return ServerKeyExchange(body, out chance);
            case 14:
                return "ServerHelloDone";
            case 15:
                chance = body.Length - 4;
                return CertificateVerify(body, schedule!.Hash(before));
            case 20:
                return "Finished, " + (body.SequenceEqual(schedule!.VerifyData(serverSecret, before)) ? "right" : "wrong");
            default:
                return $"message {message[0]} {Convert.ToHexString(body)}";
        }
    }

    private string ServerHello(byte[] body)
    {
        var random = body[2..34];
        IsRetry = random.SequenceEqual(RetryRandom);
        (Resumed, Group, ServerShare) = (null, null, null);
        var id = body[35..(35 + body[34])];
        var rest = body.AsSpan(35 + id.Length);
        var number = BinaryPrimitives.ReadUInt16BigEndian(rest);
        Suite = number switch
        {
            0x1301 => "TLS_AES_128_GCM_SHA256",
            0x1302 => "TLS_AES_256_GCM_SHA384",
            0x1303 => "TLS_CHACHA20_POLY1305_SHA256",
            _ => null,
        };
        var extensions = new List<string>();
        for (var at = 5; at < rest.Length;)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(rest[at..]);
            var data = rest.Slice(at + 4, BinaryPrimitives.ReadUInt16BigEndian(rest[(at + 2)..])).ToArray();
            at += 4 + data.Length;
            extensions.Add($"{type}({Extension(type, data)})");
        }
        // A TLS 1.2 server chooses a random session ID; a fixed end of its random is the downgrade mark of RFC 8446 section 4.1.3.
        var ownId = Suite is null ? $"{id.Length} bytes" : Convert.ToHexString(id);
        var mark = random.AsSpan(24, 7).SequenceEqual("DOWNGRD"u8) ? $", downgraded {random[31]}" : "";
        return $"{(IsRetry ? "HelloRetryRequest" : "ServerHello")} {BinaryPrimitives.ReadUInt16BigEndian(body):x4}, id {ownId}, suite " +
            $"{number:x4}, compression {rest[2]}, {string.Join(' ', extensions)}{mark}";
    }

    private string Extension(ushort type, byte[] data)
    {
        if (type == RawHello.PreSharedKey)
            Resumed = BinaryPrimitives.ReadUInt16BigEndian(data);
        if (type != RawHello.KeyShare)
            return Convert.ToHexString(data);
        Group = BinaryPrimitives.ReadUInt16BigEndian(data);
        if (IsRetry)
            return $"{Group:x4}";
        ServerShare = data[4..];
        return $"{Group:x4}, {ServerShare.Length} bytes";
    }

    private static string NewSessionTicket(byte[] body)
    {
        var nonce = body[9..(9 + body[8])];
        var ticket = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(9 + nonce.Length));
        var extensions = body[(11 + nonce.Length + ticket)..];
        return $"NewSessionTicket, {BinaryPrimitives.ReadUInt32BigEndian(body)} s, nonce {Convert.ToHexString(nonce)}, {ticket} bytes, " +
            $"extensions {Convert.ToHexString(extensions)}";
    }

    private static string ServerKeyExchange(byte[] body, out int chance)
    {
        var parameters = 4 + body[3];
        var group = Convert.ToHexString(body.AsSpan(0, 4));
        if (body[0] != 3)
        {
            // DHE: prime, generator and the server's share, each behind its length.
            var generator = 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
            var share = generator + 2 + BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(generator));
            parameters = share + 2 + BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(share));
            var hash = SHA256.HashData(body.AsSpan(0, share)).AsSpan(0, 8);
            group = $"of a prime of {generator - 2} bytes, SHA-256 {Convert.ToHexString(hash)}";
        }
        chance = body.Length - parameters - 4;
        return $"ServerKeyExchange {group}, scheme {Convert.ToHexString(body.AsSpan(parameters, 2))}";
    }

    private string Certificate(byte[] body, bool isTls13)
    {
        var first = isTls13 ? 4 : 3;
        var length = body[first] << 16 | BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(first + 1));
        leaf = X509CertificateLoader.LoadCertificate(body.AsSpan(first + 3, length));
        return $"Certificate of {body.Length} bytes, SHA-256 {Convert.ToHexString(SHA256.HashData(body).AsSpan(0, 8))}";
    }

    private string CertificateVerify(byte[] body, byte[] hash)
    {
        var scheme = BinaryPrimitives.ReadUInt16BigEndian(body);
        byte[] signed = [.. RawHello.Filled(64, 0x20), .. "TLS 1.3, server CertificateVerify"u8, 0, .. hash];
        return $"CertificateVerify {scheme:x4}, {(IsSignedBy(leaf!, scheme, signed, body[4..]) ? "right" : "wrong")}";
    }

    private static bool IsSignedBy(X509Certificate2 leaf, int scheme, byte[] signed, byte[] signature)
    {
        if (scheme == 0x0403)
        {
            using var ecdsa = leaf.GetECDsaPublicKey()!;
            return ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        var hash = scheme switch
        {
            0x0804 => HashAlgorithmName.SHA256,
            0x0805 => HashAlgorithmName.SHA384,
            0x0806 => HashAlgorithmName.SHA512,
            _ => throw new InvalidDataException($"The server signs by scheme {scheme:x4}, which the test cannot check."),
        };
        using var rsa = leaf.GetRSAPublicKey()!;
        return rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pss);
    }
}
