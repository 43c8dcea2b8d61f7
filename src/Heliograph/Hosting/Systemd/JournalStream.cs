using System.Globalization;
using System.Runtime.InteropServices;

namespace Heliograph.Hosting.Systemd;

/// <summary>Whether standard error is the journal's own stream: systemd.exec(5), "JOURNAL_STREAM".</summary>
internal static partial class JournalStream
{
    private const string Variable = "JOURNAL_STREAM";
    private const int StandardError = 2;

    /// <summary>More than struct stat has (144 bytes on x64, 128 on ARM); both begin with st_dev and st_ino, of 8 bytes each.</summary>
    private const int StatWords = 32;

    public static bool IsStandardError { get; } = Matches(Environment.GetEnvironmentVariable(Variable), StandardError);

    /// <summary>
    /// The variable alone says nothing: children inherit it, also those whose output goes to a file or a terminal. So it names the stream,
    /// by device and inode number.
    /// </summary>
    /// <param name="variable">What systemd set, such as <c>8:123456</c>; null: nothing.</param>
    /// <param name="descriptor">The descriptor to compare it with.</param>
    public static bool Matches(string? variable, int descriptor)
    {
        Span<ulong> status = stackalloc ulong[StatWords];
        return variable?.Split(':') is [var device, var inode]
            && GetStatus(descriptor, status) == 0
            && device == status[0].ToString(CultureInfo.InvariantCulture)
            && inode == status[1].ToString(CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "fstat")]
    private static partial int GetStatus(int descriptor, Span<ulong> status);
}
