using System.Buffers.Binary;
using System.Security.Cryptography;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// The two tickets that OpenSSL sends after each handshake (RFC 8446 section 4.6.1). They are stateful, as ssl_session_tickets off makes
/// them: a ticket is the number of a session in the cache, and whoever owns the cache answers the client that returns with one.
/// </summary>
/// <param name="sessions">The cache.</param>
/// <param name="suite">The cipher suite that was agreed on.</param>
/// <param name="secret">The resumption_main_secret; wiped with this.</param>
internal sealed class SessionTickets(ISessionCache sessions, CipherSuite suite, byte[] secret) : IDisposable
{
    public const int Count = 2;

    /// <summary>The length of a NewSessionTicket, in bytes.</summary>
    public const int MessageLength = 4 + 4 + 4 + 1 + NonceLength + 2 + TicketLength + 2;

    private const int NonceLength = 8, TicketLength = 32;

    /// <summary>Writes the next message, and puts its session into the cache.</summary>
    /// <param name="number">From 0 on.</param>
    /// <param name="message">Room for <see cref="MessageLength"/> bytes.</param>
    /// <returns>The message.</returns>
    public ReadOnlySpan<byte> Write(int number, Span<byte> message)
    {
        var writer = new MessageWriter(message, HandshakeType.NewSessionTicket);
        BinaryPrimitives.WriteUInt32BigEndian(writer.Reserve(4), sessions.LifetimeSeconds);
        RandomNumberGenerator.Fill(writer.Reserve(4)); // ticket_age_add
        writer.WriteByte(NonceLength);
        var nonce = writer.Reserve(NonceLength);
        BinaryPrimitives.WriteUInt64BigEndian(nonce, (ulong)number);
        writer.WriteUInt16(TicketLength);
        var ticket = writer.Reserve(TicketLength);
        RandomNumberGenerator.Fill(ticket);
        writer.WriteUInt16(0); // no extensions
        Span<byte> preSharedKey = stackalloc byte[CipherSuite.LongestHash];
        preSharedKey = preSharedKey[..suite.HashLength];
        suite.ExpandLabel(secret, "resumption"u8, nonce, preSharedKey);
        sessions.Add(suite.Id, ticket, preSharedKey);
        CryptographicOperations.ZeroMemory(preSharedKey);
        return writer.Message;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);
}
