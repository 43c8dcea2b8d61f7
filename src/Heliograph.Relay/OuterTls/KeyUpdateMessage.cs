using System.Runtime.InteropServices;

namespace Heliograph.Relay.OuterTls;

/// <summary>A KeyUpdate (RFC 8446 section 4.6.3) as it comes: its five bytes may arrive in any number of records.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct KeyUpdateMessage
{
    private const int Type = 24, HeaderLength = 4, BodyLength = 1, Length = HeaderLength + BodyLength;

    private int count;
    private uint bodyLength;
    private byte type;
    private byte request;

    /// <summary>A KeyUpdate that asks for no answer.</summary>
    public static ReadOnlySpan<byte> NotRequested => [Type, 0, 0, 1, 0];

    /// <summary>Whether some of it has come, and not all.</summary>
    public readonly bool IsPartial => count is > 0 and < Length;

    public readonly bool IsWhole => count == Length;

    /// <summary>Whether the sender wants a KeyUpdate back: update_requested.</summary>
    public readonly bool IsRequest => request == 1;

    /// <summary>Takes the content of one handshake record.</summary>
    /// <returns>What it deserves, as OpenSSL judges (read_state_machine, tls_process_key_update); null: it is in order so far.</returns>
    public Alert? Take(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return Alert.UnexpectedMessage;
        foreach (var value in content)
        {
            // The keys change behind the message, so that nothing may follow it in its record.
            if (count == Length)
                return Alert.UnexpectedMessage;
            Take(value);
            if (count == HeaderLength && type != Type)
                return Alert.UnexpectedMessage;
            if (count == HeaderLength && bodyLength > BodyLength)
                return Alert.IllegalParameter;
            if (count == HeaderLength && bodyLength < BodyLength)
                return Alert.DecodeError;
        }
        return count == Length && request > 1 ? Alert.IllegalParameter : null;
    }

    private void Take(byte value)
    {
        if (count == 0)
            type = value;
        else if (count < HeaderLength)
            bodyLength = (bodyLength << 8) | value;
        else
            request = value;
        count++;
    }
}
