using System.Text;

namespace Heliograph.Compare.Load;

/// <summary>The bytes that go through the tunnels: a real client's hello, then noise, as inner TLS appears to a proxy.</summary>
internal static class Traffic
{
    /// <summary>The SNI of the hello: the name that every proxy must route.</summary>
    public const string HostName = "grpc.chat.signal.org";

    public static byte[] Hello { get; } = ReadHello();

    /// <summary>The same hello for another name under the same domain.</summary>
    /// <param name="label">Takes the place of <c>grpc</c>, and has its four letters: no length in the hello changes.</param>
    public static byte[] HelloFor(string label)
    {
        byte[] hello = [.. Hello];
        var bytes = Encoding.ASCII.GetBytes(label);
        if (bytes.Length != HostName.IndexOf('.', StringComparison.Ordinal))
            throw new ArgumentException("A label of four letters is needed.", nameof(label));
        bytes.CopyTo(hello, hello.AsSpan().IndexOf(Encoding.ASCII.GetBytes(HostName)));
        return hello;
    }

    /// <summary>
    /// The bulk of a transfer repeats this block; its length is prime, so that a lost or doubled record or page is noticed.
    /// </summary>
    public static byte[] Block { get; } = NewBlock();

    /// <summary>
    /// The bytes of the endless repetition of <see cref="Block"/> from <paramref name="position"/> on, as many as are contiguous.
    /// </summary>
    public static ReadOnlySpan<byte> From(long position) => Block.AsSpan((int)(position % Block.Length));

    /// <summary>Whether <paramref name="bytes"/> match the repetition at <paramref name="position"/>.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var expected = From(position);
            var length = Math.Min(expected.Length, bytes.Length);
            if (!bytes[..length].SequenceEqual(expected[..length]))
                return false;
            bytes = bytes[length..];
            position += length;
        }

        return true;
    }

    /// <summary>Fills <paramref name="bytes"/> with the repetition from <paramref name="position"/> on.</summary>
    public static void Copy(long position, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = From(position);
            part = part[..Math.Min(part.Length, bytes.Length)];
            part.CopyTo(bytes);
            bytes = bytes[part.Length..];
            position += part.Length;
        }
    }

    private static byte[] ReadHello()
    {
        using var stream = typeof(Traffic).Assembly.GetManifestResourceStream("client-hello.bin")!;
        var hello = new byte[stream.Length];
        stream.ReadExactly(hello);
        return hello;
    }

    private static byte[] NewBlock()
    {
        var block = new byte[262_139];
        new Random(1).NextBytes(block);
        return block;
    }
}
