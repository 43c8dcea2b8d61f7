using System.Runtime.InteropServices;

namespace Heliograph.Web.Gzip;

/// <summary>
/// The system's zlib, the library that nginx compresses with: only the same one makes a stream of the same length. The framework has a
/// zlib of its own, whose level 1 is another algorithm.
/// </summary>
internal static partial class Zlib
{
    private const string Name = "libz.so.1";
    private const int Deflated = 8;
    private const int NoFlush = 0;
    private const int Finish = 4;
    private const int Ok = 0;
    private const int StreamEnd = 1;

    // output_buffers and gzip_buffers: nginx compresses what one of the first holds, and passes the second on when they are full.
    private const int InputBuffer = 32 * 1024;
    private const int OutputBuffer = 4096;

    // zlib adds 16 to the window's bits for a gzip header.
    private const int GzipHeader = 16;

    /// <summary>zlib is priority "required" on Debian, but a container may lack it.</summary>
    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Name, out _);

    /// <summary>
    /// The text as a gzip stream of level 1, with the window that nginx chooses for its length (<c>ngx_http_gzip_filter_memory</c>), cut
    /// where nginx hands it on to be sent: each piece is a chunk in HTTP/1.
    /// </summary>
    public static unsafe IReadOnlyList<ReadOnlyMemory<byte>> Compress(ReadOnlySpan<byte> text)
    {
        const int Level = 1;
        var (windowBits, memoryLevel) = (15, 8);
        // zlib's window is usable up to 262 bytes below its size.
        for (; text.Length < (1 << (windowBits - 1)) - 262; windowBits--)
            memoryLevel--;
        var stream = default(Stream);
        var status = DeflateInit(
            ref stream, Level, Deflated, windowBits + GzipHeader, Math.Max(memoryLevel, 1), strategy: 0, "1", sizeof(Stream));
        if (status != Ok)
            throw new InvalidOperationException($"zlib cannot compress a page of {text.Length} bytes (deflateInit2: {status})");
        try
        {
            var output = new byte[DeflateBound(ref stream, (nuint)text.Length)];
            var cuts = new List<int> { 0 };
            fixed (byte* input = text)
            fixed (byte* into = output)
            {
                stream.NextIn = input;
                stream.NextOut = into;
                stream.AvailableOut = (uint)output.Length;
                for (var left = text.Length; left > 0;)
                {
                    stream.AvailableIn = (uint)Math.Min(left, InputBuffer);
                    left -= (int)stream.AvailableIn;
                    status = Deflate(ref stream, left == 0 ? Finish : NoFlush);
                    var length = output.Length - (int)stream.AvailableOut;
                    var end = left == 0 ? length : length - (length % OutputBuffer);
                    if (end > cuts[^1])
                        cuts.Add(end);
                }
            }
            if (status != StreamEnd)
                throw new InvalidOperationException($"zlib did not finish a page (deflate: {status})");
            // A copy: the pieces are kept, and would keep the room for a page that cannot be compressed.
            var whole = output.AsMemory(0, cuts[^1]).ToArray();
            return [.. cuts.Zip(cuts.Skip(1), (start, end) => (ReadOnlyMemory<byte>)whole.AsMemory(start..end))];
        }
        finally
        {
            _ = DeflateEnd(ref stream);
        }
    }

    [LibraryImport(Name, EntryPoint = "deflateInit2_", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DeflateInit(
        ref Stream stream, int level, int method, int windowBits, int memoryLevel, int strategy, string version, int size);

    [LibraryImport(Name, EntryPoint = "deflateBound")]
    private static partial nuint DeflateBound(ref Stream stream, nuint length);

    [LibraryImport(Name, EntryPoint = "deflate")]
    private static partial int Deflate(ref Stream stream, int flush);

    [LibraryImport(Name, EntryPoint = "deflateEnd")]
    private static partial int DeflateEnd(ref Stream stream);

    // z_stream of zlib.h. The state points back to it, so it stays where it is until the end.
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Stream
    {
        public byte* NextIn;
        public uint AvailableIn;
        public nuint TotalIn;
        public byte* NextOut;
        public uint AvailableOut;
        public nuint TotalOut;
        public byte* Message;
        public nint State;
        public nint Allocate;
        public nint Free;
        public nint Opaque;
        public int DataType;
        public nuint Adler;
        public nuint Reserved;
    }
}
