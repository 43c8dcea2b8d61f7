using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Heliograph.Relay.OuterTls.Handshake;

/// <summary>
/// The two tickets that OpenSSL gives after each handshake (RFC 8446 section 4.6.1). They are stateful, as ssl_session_tickets off makes them: a ticket is the session's number in
/// libssl's cache, and libssl it is who answers a client that comes back with one.
/// </summary>
/// <param name="context">Whose cache.</param>
/// <param name="suite">What was agreed on.</param>
/// <param name="secret">The resumption_main_secret; wiped with this.</param>
internal sealed class SessionTickets(TlsContext context, CipherSuite suite, byte[] secret) : IDisposable
{
    public const int Count = 2;

    /// <summary>Bytes of a NewSessionTicket.</summary>
    public const int MessageLength = 4 + 4 + 4 + 1 + NonceLength + 2 + TicketLength + 2;

    private const int NonceLength = 8, TicketLength = 32;

    /// <summary>Writes the next message, and puts its session into the cache.</summary>
    /// <param name="number">From 0 on.</param>
    /// <param name="message">Room for <see cref="MessageLength"/> bytes.</param>
    /// <returns>The message.</returns>
    public ReadOnlySpan<byte> Write(int number, Span<byte> message)
    {
        var writer = new MessageWriter(message, HandshakeType.NewSessionTicket);
        BinaryPrimitives.WriteUInt32BigEndian(writer.Take(4), TlsContext.SessionSeconds);
        RandomNumberGenerator.Fill(writer.Take(4)); // ticket_age_add
        writer.WriteByte(NonceLength);
        var nonce = writer.Take(NonceLength);
        BinaryPrimitives.WriteUInt64BigEndian(nonce, (ulong)number);
        writer.WriteUInt16(TicketLength);
        var ticket = writer.Take(TicketLength);
        RandomNumberGenerator.Fill(ticket);
        writer.WriteUInt16(0); // no extensions
        Span<byte> sharedKey = stackalloc byte[CipherSuite.LongestHash];
        sharedKey = sharedKey[..suite.HashLength];
        suite.ExpandLabel(secret, "resumption"u8, nonce, sharedKey);
        context.Remember(suite, ticket, sharedKey);
        CryptographicOperations.ZeroMemory(sharedKey);
        return writer.Message;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);
}
