using System.Security.Cryptography;

namespace Heliograph.Relay.OuterTls.Handshake;

/// <summary>
/// The one message that a client has still to send when the server has sent its flight (RFC 8446 section 4.4.4). What it has to say is known beforehand, and with it everything that
/// comes after: it waits here for the proof that the client has the same secrets. The message may arrive in any number of records.
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
    /// <param name="tickets">What a client can come back with, who has finished.</param>
    public ClientFinished(byte[] expected, TrafficKey applicationKey, SessionTickets tickets)
    {
        this.expected = expected;
        ApplicationKey = applicationKey;
        Tickets = tickets;
    }

    /// <summary>What the client writes with from then on; the owner's of this, until <see cref="IsWhole"/>.</summary>
    public TrafficKey ApplicationKey { get; }

    public SessionTickets Tickets { get; }

    /// <summary>Whether it has come, and is right.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes the content of one handshake record.</summary>
    /// <returns>What it deserves, as OpenSSL judges (read_state_machine, tls_process_finished); null: it is in order so far.</returns>
    public Alert? Take(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return Alert.UnexpectedMessage;
        var header = TakeUpTo(HeaderLength, ref content);
        if (!header)
            return null;
        if (received[0] != (byte)HandshakeType.Finished)
            return Alert.UnexpectedMessage;
        var length = (received[1] << 16) | (received[2] << 8) | received[3];
        if (length > LongestBody)
            return Alert.IllegalParameter;
        if (!TakeUpTo(HeaderLength + length, ref content))
            return null;
        // The keys change behind the message, so that nothing may follow it in its record.
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

    /// <returns>Whether so many bytes of the message are here.</returns>
    private bool TakeUpTo(int length, ref ReadOnlySpan<byte> content)
    {
        var taken = Math.Min(Math.Max(0, length - count), content.Length);
        content[..taken].CopyTo(received.AsSpan(count));
        count += taken;
        content = content[taken..];
        return count >= length;
    }
}
