using System.Globalization;

namespace Heliograph.Soak.Trouble;

/// <summary>
/// The wall clock that the server sees, by libfaketime; a time namespace has none of its own. The monotonic clock stays true.
/// </summary>
internal sealed class Clock
{
    private static readonly string[] Libraries =
        [.. new[] { "x86_64", "aarch64" }.Select(static machine => $"/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1")];

    private readonly string file;

    private Clock(string file, string library)
    {
        this.file = file;
        Set(0);
        // The last: without it the library takes the deadlines of .NET's timers for times of the wall clock, so that they pass at once, and
        // the thread of the timers never sleeps.
        Wrapper =
        [
            "env", $"LD_PRELOAD={library}", $"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0",
        ];
    }

    /// <summary>Starts a program under this clock.</summary>
    public IReadOnlyList<string> Wrapper { get; }

    /// <summary>Null where libfaketime is not installed.</summary>
    public static Clock? Find(string file) => Libraries.FirstOrDefault(File.Exists) is { } library ? new Clock(file, library) : null;

    /// <param name="days">How far ahead it is; negative: behind.</param>
    public void Set(int days)
    {
        // Replaced whole: the library may read it at any moment.
        var next = file + ".new";
        File.WriteAllText(next, days.ToString("+0;-0;+0", CultureInfo.InvariantCulture) + "d\n");
        File.Move(next, file, overwrite: true);
    }
}
