using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Storage;

/// <summary>A directory that only this user may read (0700, files 0600), where every file is replaced in one piece or not at all.</summary>
internal sealed partial class PrivateDirectory
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string TempSuffix = ".new";

    // Ten certificates and a key make 40 KB; a hundred names in them add little.
    private const int MaxFile = 1024 * 1024;

    private readonly ILogger logger;
    private readonly TimeProvider clock;

    /// <summary>Tests stop a write here, as a kill would.</summary>
    private readonly Action<WriteStep>? fault;

    public PrivateDirectory(string path, TimeProvider clock, ILogger logger, Action<WriteStep>? fault = null)
    {
        Path = path;
        this.clock = clock;
        this.logger = logger;
        this.fault = fault;
    }

    public string Path { get; }

    /// <exception cref="AcmeException">It cannot be made or is not ours.</exception>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Path, DirectoryMode);
            // It may be older than this program, or made with a wider mode.
            if (File.GetUnixFileMode(Path) != DirectoryMode)
                File.SetUnixFileMode(Path, DirectoryMode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Trouble("made", Path, failure);
        }
    }

    /// <summary>Null when there is no such file, or when it is damaged: then it is kept beside, and said so.</summary>
    public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check) where T : class
    {
        var path = PathOf(name);
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            bytes = file.Length <= MaxFile ? File.ReadAllBytes(path) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Trouble("read", path, failure);
        }

        string? damage;
        try
        {
            var value = JsonSerializer.Deserialize(bytes, type);
            damage = value is null ? "it is empty" : check(value);
            if (damage is null)
                return value;
        }
        catch (JsonException failure)
        {
            // The message tells the place in the file; it quotes at most one character of it.
            damage = $"it is cut off or not JSON (line {failure.LineNumber + 1})";
        }

        SetAside(path, damage);
        return null;
    }

    /// <exception cref="AcmeException">It cannot be written; the old file is still there, whole.</exception>
    public void Write<T>(string name, T value, JsonTypeInfo<T> type)
    {
        var path = PathOf(name);
        var temp = path + TempSuffix;
        try
        {
            // What a killed process left; the caller holds the lock.
            File.Delete(temp);
            fault?.Invoke(WriteStep.Create);
            using (var file = new FileStream(temp, new FileStreamOptions
            {
                Mode = System.IO.FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = FileMode,
            }))
            {
                var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
                file.Write(bytes.AsSpan(0, bytes.Length / 2));
                fault?.Invoke(WriteStep.Half);
                file.Write(bytes.AsSpan(bytes.Length / 2));
                fault?.Invoke(WriteStep.Flush);
                file.Flush(flushToDisk: true);
            }

            fault?.Invoke(WriteStep.Rename);
            File.Move(temp, path, overwrite: true);
            fault?.Invoke(WriteStep.Sync);
            SyncDirectory();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Trouble("written", path, failure);
        }
    }

    /// <summary>Null while another process holds it. The lock goes with the process, however that ends.</summary>
    public FileStream? TryLock(string name)
    {
        var path = PathOf(name);
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = System.IO.FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = FileMode,
            });
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw Trouble("locked", path, failure);
        }
        catch (IOException busy) when (busy.HResult == Errno.Again)
        {
            return null;
        }
        catch (IOException failure)
        {
            throw Trouble("locked", path, failure);
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);

    private void SetAside(string path, string damage)
    {
        var kept = $"{path}.damaged-{clock.GetUtcNow():yyyyMMdd'T'HHmmss}";
        try
        {
            File.Move(path, kept, overwrite: true);
            logger.FileSetAside(path, damage, kept);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger.FileNotSetAside(path, damage, failure.Message);
        }
    }

    private static AcmeException Trouble(string verb, string path, Exception failure) => new(AcmeFailure.Storage,
        $"{path} cannot be {verb}: {failure.Message} Check the disk's space and the owner and mode of state_directory.", failure);

    /// <summary>The rename itself is on the disk only when the directory is.</summary>
    private void SyncDirectory()
    {
        var handle = Native.Open(Path, Native.ReadOnlyDirectory);
        if (handle < 0)
            throw new IOException($"open: {Marshal.GetLastPInvokeErrorMessage()}.");
        try
        {
            if (Native.Sync(handle) != 0)
                throw new IOException($"fsync: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        finally
        {
            _ = Native.Close(handle);
        }
    }

    private static class Errno
    {
        // EWOULDBLOCK of flock(2), which the runtime hands on as the exception's HResult.
        public const int Again = 11;
    }

    private static partial class Native
    {
        // O_RDONLY | O_CLOEXEC: the same numbers on x86-64 and arm64, which O_DIRECTORY is not.
        public const int ReadOnlyDirectory = 0x80000;

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Sync(int handle);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        public static partial int Close(int handle);
    }
}

/// <summary>The steps of one write, in their order; each names what comes next.</summary>
internal enum WriteStep
{
    Create,
    Half,
    Flush,
    Rename,
    Sync,
}
