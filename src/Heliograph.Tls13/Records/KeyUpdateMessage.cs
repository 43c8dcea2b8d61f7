using System.Runtime.InteropServices;

namespace Heliograph.Tls13.Records;

/// <summary>A KeyUpdate (RFC 8446 section 4.6.3) on its way in: its five bytes may arrive in any number of records.</summary>
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

    /// <summary>Whether some of it has come, but not all.</summary>
    public readonly bool IsPartial => count is > 0 and < Length;

    public readonly bool IsWhole => count == Length;

    /// <summary>Whether the sender wants a KeyUpdate back: update_requested.</summary>
    public readonly bool IsRequest => request == 1;

    /// <summary>Reads the content of one handshake record.</summary>
    /// <returns>The alert to answer with, by OpenSSL's rules (read_state_machine, tls_process_key_update); null: no error so far.</returns>
    public Alert? ReadRecord(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return Alert.UnexpectedMessage;
        foreach (var value in content)
        {
            // The keys change after the message, so nothing may follow it in its record.
            if (count == Length)
                return Alert.UnexpectedMessage;
            Append(value);
            if (count == HeaderLength && type != Type)
                return Alert.UnexpectedMessage;
            if (count == HeaderLength && bodyLength > BodyLength)
                return Alert.IllegalParameter;
            if (count == HeaderLength && bodyLength < BodyLength)
                return Alert.DecodeError;
        }
        return count == Length && request > 1 ? Alert.IllegalParameter : null;
    }

    private void Append(byte value)
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
