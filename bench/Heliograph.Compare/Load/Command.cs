using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Load;

/// <summary>
/// What the client asks of the stand-in upstream: these bytes follow the inner hello in place of the rest of the inner handshake.
/// </summary>
internal enum Verb : byte
{
    /// <summary>Answer one byte, then wait for the end.</summary>
    Greet = (byte)'G',

    /// <summary>Answer one byte, then keep the connection open and silent.</summary>
    Rest = (byte)'R',

    /// <summary>Send this many bytes.</summary>
    Send = (byte)'S',

    /// <summary>Read this many bytes, then answer one.</summary>
    Take = (byte)'T',

    /// <summary>Echo this many bytes as they arrive.</summary>
    Echo = (byte)'E',

    /// <summary>Echo whatever arrives, with many other connections, until the client ends this one.</summary>
    Mirror = (byte)'M',
}

/// <summary>A verb and its count: nine bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Command(Verb Verb, long Count)
{
    public const int Length = 9;

    public static Command Parse(ReadOnlySpan<byte> bytes) => new((Verb)bytes[0], BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Verb;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Count);
    }
}
