using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Heliograph.Platform;

/// <summary>
/// A directory that only this user may read (0700, files 0600), where every file is replaced completely or not at all. A link in it is not
/// followed: the directory may be a service's, and the user root.
/// </summary>
public sealed partial class PrivateDirectory
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string TempSuffix = ".new";

    /// <summary>1 MiB. Ten certificates and a key take 40 KB; a hundred names in them add little.</summary>
    private const int MaxFile = 1024 * 1024;

    private readonly ILogger logger;
    private readonly TimeProvider timeProvider;

    private readonly Action<WriteStep>? fault;

    /// <param name="path">The directory; <see cref="Create"/> creates it.</param>
    /// <param name="timeProvider">Dates the names of damaged files.</param>
    /// <param name="logger">Logs damaged files.</param>
    /// <param name="fault">Called before each step of a write; tests throw from it to simulate a killed process.</param>
    public PrivateDirectory(string path, TimeProvider timeProvider, ILogger logger, Action<WriteStep>? fault = null)
    {
        Path = path;
        this.timeProvider = timeProvider;
        this.logger = logger;
        this.fault = fault;
    }

    public string Path { get; }

    /// <summary>Creates the directory, or makes an existing one private.</summary>
    /// <exception cref="StorageException">It cannot be created, or belongs to another user.</exception>
    public void Create()
    {
        Guard("created", Path, () =>
        {
            Directory.CreateDirectory(Path, DirectoryMode);
            // It may be older than this program, or have been created with a wider mode.
            if (File.GetUnixFileMode(Path) == DirectoryMode)
                return;
            using var handle = PlainFile.OpenDirectory(Path);
            File.SetUnixFileMode(handle, DirectoryMode);
        });
    }

    public bool Exists => Directory.Exists(Path);

    /// <summary>Deletes the directory with all that is in it.</summary>
    /// <exception cref="StorageException">It cannot be deleted.</exception>
    public void Delete() => Guard("deleted", Path, () =>
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    });

    /// <summary>Reads a JSON file.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="check">Names the defect in a value that parses; null if it has none.</param>
    /// <returns>
    /// Null if the file is missing or damaged; a damaged file is kept under another name and logged.
    /// </returns>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check) where T : class
    {
        ArgumentNullException.ThrowIfNull(check);
        var path = PathOf(name);
        if (TryRead(path) is not { } bytes)
            return null;
        string? damage;
        try
        {
            var value = JsonSerializer.Deserialize(bytes, type);
            damage = value is null ? "it is empty" : check(value);
            if (damage is null)
                return value;
        }
        catch (JsonException exception)
        {
            // Only the line: the exception's own message quotes a character of the file.
            damage = $"it is cut off or not JSON (line {exception.LineNumber + 1})";
        }
        SetAside(path, damage);
        return null;
    }

    /// <summary>Writes a JSON file. The caller holds the lock: one writer at a time.</summary>
    /// <exception cref="StorageException">It cannot be written; the old file is intact.</exception>
    public void Write<T>(string name, T value, JsonTypeInfo<T> type)
    {
        var path = PathOf(name);
        Guard(
            "written", path, () => WriteWhole(path, path + TempSuffix, JsonSerializer.SerializeToUtf8Bytes(value, type), overwrite: true));
    }

    /// <summary>Reads a file of bytes.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="longest">A longer file is none of ours, and reads as empty.</param>
    /// <returns>Null if it is missing.</returns>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public byte[]? ReadBytes(string name, int longest = MaxFile) => TryRead(PathOf(name), longest);

    /// <summary>Writes a file of bytes. The caller holds the lock: one writer at a time.</summary>
    /// <exception cref="StorageException">It cannot be written; the old file is intact.</exception>
    public void WriteBytes(string name, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var path = PathOf(name);
        Guard("written", path, () => WriteWhole(path, path + TempSuffix, bytes, overwrite: true));
    }

    /// <summary>Reads a file of bytes; if it is missing, creates it and its directory.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The content of a new file. If several processes create it at the same time, all of them get the content
    /// of the first one.</param>
    /// <exception cref="StorageException">It can be neither read nor created.</exception>
    public byte[] ReadOrCreate(string name, Func<byte[]> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = PathOf(name);
        if (TryRead(path) is { } bytes)
            return bytes;
        var made = content();
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        try
        {
            Directory.CreateDirectory(Path, DirectoryMode);
            WriteWhole(path, draft, made, overwrite: false);
            return made;
        }
        catch (IOException) when (TryRead(path) is { } first)
        {
            return first;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Trouble("written", path, exception);
        }
        finally
        {
            // No later run would know this name, so nothing else would delete it.
            if (File.Exists(draft))
                File.Delete(draft);
        }
    }

    /// <summary>Acquires a lock that is released when the process ends, however it ends.</summary>
    /// <returns>Null while another process holds it.</returns>
    /// <exception cref="StorageException">The lock file cannot be created.</exception>
    public IDisposable? TryLock(string name)
    {
        var path = PathOf(name);
        try
        {
            return PlainFile.TryLock(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Trouble("locked", path, exception);
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);

    private void SetAside(string path, string damage)
    {
        var kept = $"{path}.damaged-{timeProvider.GetUtcNow():yyyyMMdd'T'HHmmss}";
        try
        {
            File.Move(path, kept, overwrite: true);
            logger.FileSetAside(path, damage, kept);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.FileNotSetAside(path, damage, exception.Message);
        }
    }

    /// <returns>Null if the file is missing. A file too long to be ours reads as empty, and therefore as damaged.</returns>
    private static byte[]? TryRead(string path, int longest = MaxFile)
    {
        try
        {
            using var file = PlainFile.OpenToRead(path);
            if (file is null)
                return null;
            if (file.Length > longest)
                return [];
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Trouble("read", path, exception);
        }
    }

    /// <summary>Writes a draft, syncs it to disk, and renames it to the file's name.</summary>
    private void WriteWhole(string path, string draft, byte[] bytes, bool overwrite)
    {
        // Left by a killed process.
        File.Delete(draft);
        fault?.Invoke(WriteStep.Create);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = System.IO.FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = FileMode,
        }))
        {
            file.Write(bytes.AsSpan(0, bytes.Length / 2));
            fault?.Invoke(WriteStep.Half);
            file.Write(bytes.AsSpan(bytes.Length / 2));
            fault?.Invoke(WriteStep.Flush);
            file.Flush(flushToDisk: true);
        }
        fault?.Invoke(WriteStep.Rename);
        Rename(draft, path, overwrite);
        fault?.Invoke(WriteStep.Sync);
        SyncDirectory();
    }

    private static void Rename(string draft, string path, bool overwrite)
    {
        if (overwrite)
        {
            File.Move(draft, path, overwrite: true);
            return;
        }
        // File.Move checks first and then renames, so that two processes could both succeed; with link(2), only one can.
        if (Native.Link(draft, path) != 0)
            throw new IOException($"link: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static void Guard(string verb, string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Trouble(verb, path, exception);
        }
    }

    private static StorageException Trouble(string verb, string path, Exception exception) =>
        new($"{path} cannot be {verb}: {exception.Message} Check the disk's space and the owner and mode of state_directory.", exception);

    /// <summary>The rename is on disk only once the directory is synced.</summary>
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

    private static partial class Native
    {
        // O_RDONLY | O_CLOEXEC: the same numbers on x86-64 and arm64, which O_DIRECTORY is not.
        public const int ReadOnlyDirectory = 0x80000;

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Link(string from, string to);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Sync(int handle);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        public static partial int Close(int handle);
    }
}

/// <summary>The steps of one write, in order; each names what comes next.</summary>
public enum WriteStep
{
    Create,
    Half,
    Flush,
    Rename,
    Sync,
}
