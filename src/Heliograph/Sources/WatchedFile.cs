using System.Globalization;
using System.Runtime.InteropServices;
using Heliograph.Platform;

namespace Heliograph.Sources;

/// <summary>A file of the operator's that another program replaces now and then.</summary>
/// <remarks>
/// The time and the length tell whether it has changed: unlike those of a certificate, its contents are megabytes. They are those of the
/// file that is open, so that symbolic links may be swapped anywhere on the path.
/// </remarks>
internal sealed class WatchedFile(string path)
{
    private FileStamp? last;
    private FileStamp? changing;

    public string Path { get; } = path;

    /// <summary>
    /// What is in it, if it differs from what was read last and has not changed since the last look: whoever writes it may not have
    /// finished.
    /// </summary>
    /// <param name="longest">How long it may be.</param>
    /// <param name="isRequested">By the operator, who wants an answer now: it is read in any case.</param>
    /// <returns>Null: what was read last is still in it.</returns>
    /// <exception cref="UnusableException">It cannot be read; the next look tries again.</exception>
    public byte[]? ReadIfChanged(int longest, bool isRequested)
    {
        // Opening one would wait for whoever writes to it.
        if (FileStatus.OfPath(Path) is { Kind: FileKind.Pipe })
            throw new UnusableException("it is a pipe, which can be read only once; give a regular file");
        try
        {
            using var file = File.OpenHandle(Path);
            var stamp = new FileStamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            if (!isRequested && !HasSettled(stamp))
                return null;
            last = stamp;
            if (stamp.Length > longest)
                throw new UnusableException(string.Create(CultureInfo.InvariantCulture, $"it is longer than {longest / 1_000_000} MB"));
            var bytes = new byte[stamp.Length];
            var length = 0;
            for (int read; length < bytes.Length && (read = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0;)
                length += read;
            return bytes[..length];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            last = null;
            throw new UnusableException($"it cannot be read: {FileProblem.Describe(exception, Path)}");
        }
    }

    private bool HasSettled(FileStamp stamp)
    {
        if (stamp == last)
        {
            changing = null;
            return false;
        }
        var settled = changing == stamp;
        changing = settled ? null : stamp;
        return settled;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct FileStamp(DateTime Written, long Length);
}
