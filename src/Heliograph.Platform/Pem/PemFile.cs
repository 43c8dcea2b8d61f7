using System.Buffers;

namespace Heliograph.Platform.Pem;

/// <summary>A file's bytes.</summary>
/// <param name="Bytes">All of them.</param>
/// <param name="IsPipe">Whether it was a pipe, which can be read only once, such as the shell's <c>&lt;(cat FILE)</c>.</param>
public sealed record PemFile(ReadOnlyMemory<byte> Bytes, bool IsPipe)
{
    private const int Largest = 1024 * 1024;

    /// <summary>How long reading may take: a pipe has no beginning without a writer, and no end until its writer closes it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The readings that have not ended, by path. Nothing interrupts a thread that waits in open(2) or read(2), so a path occupies one
    /// thread, however often it is read.
    /// </summary>
    private static readonly Dictionary<string, Task<PemFile>> Unfinished = new(StringComparer.Ordinal);

    /// <summary>Reads a file or a pipe to its end, but not for ever.</summary>
    /// <exception cref="IOException">It cannot be read; the message is for a person, and may repeat the path.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    /// <exception cref="PemException">It is larger than any PEM file, or does not end.</exception>
    public static PemFile Read(string path) => Read(path, Patience);

    /// <summary>Reads a file that is read time and again: a pipe, which can be read only once, is refused without opening it.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static PemFile ReadAgain(string path) => Wait(path, Begin(path, mayBePipe: false), Patience);

    internal static PemFile Read(string path, TimeSpan patience) => Wait(path, Begin(path, mayBePipe: true), patience);

    /// <inheritdoc cref="Read(string)"/>
    public static async Task<PemFile> ReadAsync(string path, TimeProvider timeProvider)
    {
        try
        {
            return await Begin(path, mayBePipe: true).WaitAsync(Patience, timeProvider);
        }
        catch (TimeoutException exception)
        {
            throw Endless(path, Patience, exception);
        }
    }

    private static Task<PemFile> Begin(string path, bool mayBePipe)
    {
        lock (Unfinished)
        {
            if (!Unfinished.TryGetValue(path, out var reading))
                Unfinished.Add(path, reading = Task.Run(() => ReadAndForget(path, mayBePipe)));
            return reading;
        }
    }

    private static PemFile ReadAndForget(string path, bool mayBePipe)
    {
        try
        {
            // Here, because even this takes for ever on a network file system that hangs.
            return !mayBePipe && FileStatus.OfPath(path) is { Kind: FileKind.Pipe }
                ? throw new PemException($"{path} is a pipe, which can be read only once; give a regular file")
                : ReadToEnd(path);
        }
        finally
        {
            lock (Unfinished)
                Unfinished.Remove(path);
        }
    }

    private static PemFile Wait(string path, Task<PemFile> reading, TimeSpan patience) =>
        Task.WaitAny([reading], patience) == 0 ? reading.GetAwaiter().GetResult() : throw Endless(path, patience, inner: null);

    private static PemFile ReadToEnd(string path)
    {
        // A file's length says nothing about a pipe or a device, and the file may grow: read until it ends.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var bytes = new ArrayBufferWriter<byte>(16 * 1024);
        while (stream.Read(bytes.GetSpan(4096)) is var read and > 0)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > Largest)
                throw new PemException($"{path} is larger than 1 MiB, so it is not a PEM file");
        }
        return new PemFile(bytes.WrittenMemory, !stream.CanSeek);
    }

    private static PemException Endless(string path, TimeSpan patience, Exception? inner) => new(
        $"{path} did not end within {patience.TotalSeconds:0.##} seconds: it is a pipe that nobody writes to and closes, or on a " +
        "file system that does not respond",
        inner);
}
