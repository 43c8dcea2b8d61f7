using System.Security.Cryptography;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// The one message that a client still has to send after the server's flight (RFC 8446 section 4.4.4). Its content is known beforehand, and
/// so is everything that comes after it: that waits here for the proof that the client has the same secrets. The message may arrive in any
/// number of records.
/// </summary>
internal sealed class ClientFinished : IDisposable
{
    private const int HeaderLength = 4;

    /// <summary>OpenSSL's FINISHED_MAX_LENGTH.</summary>
    private const int LongestBody = 64;

    private readonly byte[] expected;
    private readonly byte[] received = new byte[HeaderLength + LongestBody];
    private int count;

    /// <param name="expected">The message; wiped with this.</param>
    /// <param name="applicationKey">The client's next key.</param>
    /// <param name="tickets">For the client, once it has finished.</param>
    public ClientFinished(byte[] expected, TrafficKey applicationKey, SessionTickets tickets)
    {
        this.expected = expected;
        ApplicationKey = applicationKey;
        Tickets = tickets;
    }

    /// <summary>
    /// The key that the client writes with after its Finished; owned by this until <see cref="IsWhole"/>, by the reader from then on.
    /// </summary>
    public TrafficKey ApplicationKey { get; }

    public SessionTickets Tickets { get; }

    /// <summary>Whether the message has come, and is right.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads the content of one handshake record.</summary>
    /// <returns>The alert to answer with, by OpenSSL's rules (read_state_machine, tls_process_finished); null: no error so far.</returns>
    public Alert? ReadRecord(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return Alert.UnexpectedMessage;
        var header = ReadUpTo(HeaderLength, ref content);
        if (!header)
            return null;
        if (received[0] != (byte)HandshakeType.Finished)
            return Alert.UnexpectedMessage;
        var length = (received[1] << 16) | (received[2] << 8) | received[3];
        if (length > LongestBody)
            return Alert.IllegalParameter;
        if (!ReadUpTo(HeaderLength + length, ref content))
            return null;
        // The keys change after the message, so nothing may follow it in its record.
        if (!content.IsEmpty)
            return Alert.UnexpectedMessage;
        if (count != expected.Length)
            return Alert.DecodeError;
        IsWhole = CryptographicOperations.FixedTimeEquals(received.AsSpan(0, count), expected);
        return IsWhole ? null : Alert.DecryptError;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(expected);
        Tickets.Dispose();
        if (!IsWhole)
            ApplicationKey.Dispose();
    }

    /// <returns>Whether that many bytes of the message have come.</returns>
    private bool ReadUpTo(int length, ref ReadOnlySpan<byte> content)
    {
        var part = Math.Min(Math.Max(0, length - count), content.Length);
        content[..part].CopyTo(received.AsSpan(count));
        count += part;
        content = content[part..];
        return count >= length;
    }
}
