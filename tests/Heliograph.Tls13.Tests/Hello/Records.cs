using System.Buffers.Binary;
using Heliograph.Testing.Fingerprints;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>Cuts the handshake messages of a hello into other records than it came in.</summary>
internal static class Records
{
    /// <summary>The message in records of at most <paramref name="size"/> bytes.</summary>
    public static byte[] Fragment(ReadOnlySpan<byte> hello, int size)
    {
        var message = Message(hello);
        var records = new List<byte>();
        for (var start = 0; start < message.Length; start += size)
            records.AddRange(Record(hello, message.AsSpan(start, Math.Min(size, message.Length - start))));
        return [.. records];
    }

    /// <summary>The message in two records, the first of <paramref name="first"/> bytes.</summary>
    public static byte[] Split(ReadOnlySpan<byte> hello, int first)
    {
        var message = Message(hello);
        return [.. Record(hello, message.AsSpan(0, first)), .. Record(hello, message.AsSpan(first))];
    }

    /// <summary>The handshake message, taken out of its records.</summary>
    public static byte[] Message(ReadOnlySpan<byte> hello)
    {
        var message = new List<byte>();
        while (!hello.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(hello[3..]);
            message.AddRange(hello.Slice(5, length));
            hello = hello[(5 + length)..];
        }

        return [.. message];
    }

    private static byte[] Record(ReadOnlySpan<byte> hello, ReadOnlySpan<byte> fragment) =>
        [.. hello[..3], .. HelloBytes.Vector16(fragment)];
}
