using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Web.Sites;

/// <summary>The operator's own files. Nothing outside the directory is ever served, whatever links it contains.</summary>
internal sealed partial class DirectorySite : Site
{
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;
    private const int NameTooLong = 36;

    // O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, the same numbers on x86-64 and arm64. Without O_NONBLOCK, a named pipe would
    // block the thread.
    private const int OpenFlags = 0x100 | 0x800 | 0x80000;

    private readonly byte[] root;
    private readonly string realRoot;

    public DirectorySite(string directory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(full))
            throw new WebServerException(
                $"The decoy's directory {full} does not exist or is not a directory; create it, or set decoy.site to built-in.");
        root = Encoding.UTF8.GetBytes(full);
        using var handle =
            Open("/", out var error)
            ?? throw new WebServerException(
                $"The decoy's directory {full} cannot be read ({Marshal.GetPInvokeErrorMessage(error)}); " +
                "give the service permission to read it.");
        realRoot = RealPath(handle);
    }

    internal override SiteEntry Find(string path)
    {
        var handle = Open(path, out var error);
        if (handle is null)
        {
            return new(error switch
            {
                NoEntry or NotADirectory or NameTooLong => SiteEntryKind.NotFound,
                AccessDenied or TooManyLinks => SiteEntryKind.Forbidden,
                _ => SiteEntryKind.Failed,
            });
        }
        var keep = false;
        try
        {
            // Checked on the open file, so that no link can change in between.
            if (!IsInside(RealPath(handle)))
                return new(SiteEntryKind.Forbidden);
            if (File.GetAttributes(handle).HasFlag(FileAttributes.Directory))
                return new(SiteEntryKind.Directory);
            var file = new OpenFile(handle)
            {
                Length = RandomAccess.GetLength(handle),
                LastModified = DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset(File.GetLastWriteTimeUtc(handle)).ToUnixTimeSeconds()),
                ContentType = MimeTypes.ForPath(path),
            };
            keep = true;
            return new(SiteEntryKind.File, file);
        }
        catch (NotSupportedException)
        {
            // A pipe or a socket, not a file.
            return new(SiteEntryKind.NotFound);
        }
        catch (IOException)
        {
            return new(SiteEntryKind.Failed);
        }
        finally
        {
            if (!keep)
                handle.Dispose();
        }
    }

    private bool IsInside(string real) =>
        real.StartsWith(realRoot, StringComparison.Ordinal)
        && (real.Length == realRoot.Length || realRoot.EndsWith('/') || real[realRoot.Length] == '/');

    private SafeFileHandle? Open(string path, out int error)
    {
        var bytes = new byte[root.Length + path.Length + 1];
        root.CopyTo(bytes, 0);
        Encoding.Latin1.GetBytes(path, bytes.AsSpan(root.Length));
        var descriptor = OpenNative(bytes, OpenFlags);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static string RealPath(SafeFileHandle handle) =>
        File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName ?? "";

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenNative(byte[] path, int flags);

    private sealed class OpenFile(SafeFileHandle handle) : SiteFile
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken);

        public override int Read(Span<byte> buffer)
        {
            var filled = 0;
            while (filled < buffer.Length && RandomAccess.Read(handle, buffer[filled..], filled) is > 0 and var count)
                filled += count;
            return filled;
        }

        public override void Dispose()
        {
            handle.Dispose();
            base.Dispose();
        }
    }
}
