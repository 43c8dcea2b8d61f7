using System.Security.Cryptography;
using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// Writes a server's flight, each message in a record of its own, as OpenSSL does, and computes the key schedule along the way (RFC 8446
/// sections 4 and 7.1). One for all handshakes of a thread, each from <see cref="WriteHello"/> to <see cref="Finish"/> in one go.
/// </summary>
/// <param name="records">Protects what follows the ServerHello; not owned.</param>
internal sealed class ServerFlight(RecordLayer records) : IDisposable
{
    private const int HeaderLength = 4, RandomLength = 32;
    private const ushort LegacyVersion = 0x0303, EcdsaSecp256r1Sha256 = 0x0403;

    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash sha384 = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);

    /// <summary>Room for the Certificate message, which fits into a record, and all the others.</summary>
    private readonly byte[] flight = new byte[RecordLayer.LargestContent + 1024];
    private readonly byte[] secrets = new byte[3 * CipherSuite.LongestHash];
    private CipherSuite suite = null!;
    private IncrementalHash transcript = null!;
    private TrafficKey? clientKey, serverKey;
    private int length;

    /// <summary>The records so far.</summary>
    public ReadOnlySpan<byte> Written => flight.AsSpan(0, length);

    private KeySchedule Schedule => new(suite, secrets);

    private Span<byte> ClientSecret => secrets.AsSpan(CipherSuite.LongestHash, suite.HashLength);

    private Span<byte> ServerSecret => secrets.AsSpan(2 * CipherSuite.LongestHash, suite.HashLength);

    /// <summary>Writes ServerHello and the ChangeCipherSpec that middleboxes expect (RFC 8446 appendix D.4).</summary>
    /// <param name="clientHello">The message.</param>
    /// <param name="offer">What the message says.</param>
    /// <param name="share">Our public key.</param>
    /// <param name="shared">The shared secret.</param>
    public void WriteHello(ReadOnlySpan<byte> clientHello, in ClientOffer offer, ReadOnlySpan<byte> share, ReadOnlySpan<byte> shared)
    {
        suite = offer.Suite;
        transcript = suite.HashLength == SHA384.HashSizeInBytes ? sha384 : sha256;
        length = 0;
        const int MostBytes = HeaderLength + 2 + RandomLength + 1 + 32 + 2 + 1 + 2 + 6 + 8 + ClientOffer.KeyShareLength;
        Span<byte> message = stackalloc byte[MostBytes];
        var writer = new MessageWriter(message, HandshakeType.ServerHello);
        writer.WriteUInt16(LegacyVersion);
        RandomNumberGenerator.Fill(writer.Reserve(RandomLength));
        writer.WriteByte((byte)offer.SessionId.Length);
        writer.Write(offer.SessionId);
        writer.WriteUInt16((ushort)suite.Id);
        // no compression; supported_versions: 1.3; key_share: X25519
        writer.Write([0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32]);
        writer.Write(share);

        transcript.AppendData(clientHello);
        transcript.AppendData(writer.Message);
        Append([(byte)ContentType.Handshake, 3, 3, (byte)(writer.Message.Length >> 8), (byte)writer.Message.Length]);
        Append(writer.Message);
        Append([(byte)ContentType.ChangeCipherSpec, 3, 3, 0, 1, 1]);

        Schedule.EnterHandshake(shared);
        Span<byte> hash = stackalloc byte[suite.HashLength];
        transcript.GetCurrentHash(hash);
        Schedule.Derive("c hs traffic"u8, hash, ClientSecret);
        Schedule.Derive("s hs traffic"u8, hash, ServerSecret);
        clientKey = new TrafficKey(suite, ClientSecret, records: 0);
        serverKey = new TrafficKey(suite, ServerSecret, records: 0);
    }

    /// <param name="acknowledgesName">Whether the client named the server.</param>
    /// <param name="protocol">The protocol that ALPN selected; empty: none.</param>
    public void WriteEncryptedExtensions(bool acknowledgesName, ReadOnlySpan<byte> protocol)
    {
        Span<byte> message = stackalloc byte[HeaderLength + 2 + 4 + 7 + byte.MaxValue];
        var writer = new MessageWriter(message, HandshakeType.EncryptedExtensions);
        var alpn = protocol.IsEmpty ? 0 : 7 + protocol.Length;
        writer.WriteUInt16((ushort)((acknowledgesName ? 4 : 0) + alpn));
        if (acknowledgesName)
            writer.Write([0, 0, 0, 0]);
        if (alpn > 0)
        {
            writer.WriteUInt16(16);
            writer.WriteUInt16((ushort)(alpn - 4));
            writer.WriteUInt16((ushort)(protocol.Length + 1));
            writer.WriteByte((byte)protocol.Length);
            writer.Write(protocol);
        }
        Protect(writer.Message);
    }

    /// <summary>Writes Certificate and CertificateVerify.</summary>
    public void WriteCertificate(ServerIdentity identity, CertificateSigner signer)
    {
        Protect(identity.CertificateMessage);

        // RFC 8446 section 4.4.3: 64 spaces, the context, a zero, and the hash of all messages so far.
        Span<byte> signed = stackalloc byte[64 + 34 + CipherSuite.LongestHash];
        signed[..64].Fill((byte)' ');
        "TLS 1.3, server CertificateVerify\0"u8.CopyTo(signed[64..]);
        transcript.GetCurrentHash(signed[98..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes], signature = stackalloc byte[CertificateSigner.LongestSignature];
        SHA256.HashData(signed[..(98 + suite.HashLength)], hash);
        signature = signature[..signer.Sign(identity, hash, signature)];

        Span<byte> message = stackalloc byte[HeaderLength + 4 + CertificateSigner.LongestSignature];
        var writer = new MessageWriter(message, HandshakeType.CertificateVerify);
        writer.WriteUInt16(EcdsaSecp256r1Sha256);
        writer.WriteUInt16((ushort)signature.Length);
        writer.Write(signature);
        Protect(writer.Message);
    }

    /// <summary>Writes Finished, and derives everything that follows once the client has proved that it has the same secrets.</summary>
    /// <returns>What the client has to send, the key that it does so with, and ours from now on.</returns>
    public (ClientFinished Awaited, SessionKeys Keys) Finish(ServerIdentity identity)
    {
        Span<byte> hash = stackalloc byte[suite.HashLength], secret = stackalloc byte[suite.HashLength];
        transcript.GetCurrentHash(hash);
        Protect(CreateFinished(ServerSecret, hash));
        transcript.GetCurrentHash(hash);
        var finished = CreateFinished(ClientSecret, hash);

        Schedule.EnterMain();
        Schedule.Derive("c ap traffic"u8, hash, secret);
        var applicationKey = new TrafficKey(suite, secret, records: 0);
        Schedule.Derive("s ap traffic"u8, hash, secret);
        serverKey!.Dispose();
        serverKey = new TrafficKey(suite, secret, records: 0);
        transcript.AppendData(finished);
        transcript.GetHashAndReset(hash);
        var resumption = new byte[suite.HashLength];
        Schedule.Derive("res master"u8, hash, resumption);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(secrets);
        var awaited = new ClientFinished(finished, applicationKey, new SessionTickets(identity.Sessions, suite, resumption));
        var keys = new SessionKeys(clientKey!, serverKey);
        clientKey = serverKey = null;
        return (awaited, keys);
    }

    /// <summary>Forgets a flight that could not be finished.</summary>
    public void Abandon()
    {
        Span<byte> hash = stackalloc byte[CipherSuite.LongestHash];
        sha256.GetHashAndReset(hash);
        sha384.GetHashAndReset(hash);
        CryptographicOperations.ZeroMemory(secrets);
        clientKey?.Dispose();
        serverKey?.Dispose();
        clientKey = serverKey = null;
    }

    public void Dispose()
    {
        sha256.Dispose();
        sha384.Dispose();
    }

    /// <summary>A Finished message under one side's secret (RFC 8446 section 4.4.4).</summary>
    private byte[] CreateFinished(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash)
    {
        Span<byte> finishedKey = stackalloc byte[suite.HashLength];
        suite.ExpandLabel(secret, "finished"u8, finishedKey);
        var message = new byte[HeaderLength + suite.HashLength];
        message[0] = (byte)HandshakeType.Finished;
        message[3] = (byte)suite.HashLength;
        suite.Mac(finishedKey, hash, message.AsSpan(HeaderLength));
        CryptographicOperations.ZeroMemory(finishedKey);
        return message;
    }

    private void Protect(ReadOnlySpan<byte> message)
    {
        transcript.AppendData(message);
        Append(records.Protect(serverKey!, ContentType.Handshake, ref message));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(flight.AsSpan(length));
        length += bytes.Length;
    }
}
