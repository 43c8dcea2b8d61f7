using System.Diagnostics;
using Heliograph.Platform.Pem;
using Heliograph.Testing;

namespace Heliograph.Tests.Platform.Pem;

/// <summary>Whatever a path leads to, reading it comes to an end.</summary>
public sealed class PemFileTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task A_pipe_without_a_writer_is_named_and_not_waited_for()
    {
        using var files = new TempDirectory();
        var pipe = files["roots.pem"];
        using var made = Process.Start("mkfifo", [pipe]);
        await made.WaitForExitAsync(Bound.Token);

        var refused = await Task.Run(() => Assert.Throws<PemException>(() => PemFile.Read(pipe, TimeSpan.FromMilliseconds(50))));

        Assert.Equal(
            $"{pipe} did not end within 0.05 seconds: it is a pipe that nobody writes to and closes, or on a file system that does not "
            + "respond",
            refused.Message);
        // What still waits to open it may end.
        await using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
    }
}
