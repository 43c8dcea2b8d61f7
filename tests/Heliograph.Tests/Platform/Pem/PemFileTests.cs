using System.Diagnostics;
using System.Text;
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
        var pipe = await MakePipeAsync(files);

        var refused = await Task.Run(() => Assert.Throws<PemException>(() => PemFile.Read(pipe, TimeSpan.FromMilliseconds(50))));

        Assert.Equal(
            $"{pipe} did not end within 0.05 seconds: it is a pipe that nobody writes to and closes, or on a file system that does not "
            + "respond",
            refused.Message);
        // What still waits to open it may end.
        await using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task However_often_a_file_that_does_not_end_is_read_one_reading_of_it_is_outstanding()
    {
        using var files = new TempDirectory();
        var pipe = await MakePipeAsync(files);
        await Task.Run(() => Assert.Throws<PemException>(() => PemFile.Read(pipe, TimeSpan.FromMilliseconds(50))));
        var readings = Enumerable.Range(0, 5).Select(_ => PemFile.ReadAsync(pipe, TimeProvider.System)).ToArray();

        await Task.Run(() => File.WriteAllText(pipe, "what a single reader gets"), Bound.Token);

        foreach (var reading in readings)
            Assert.Equal("what a single reader gets", Encoding.UTF8.GetString((await reading).Bytes.Span));
        // The next one is a new one.
        var next = PemFile.ReadAsync(pipe, TimeProvider.System);
        await Task.Run(() => File.WriteAllText(pipe, "new"), Bound.Token);
        Assert.Equal("new", Encoding.UTF8.GetString((await next).Bytes.Span));
    }

    private static async Task<string> MakePipeAsync(TempDirectory files)
    {
        using var made = Process.Start("mkfifo", [files["roots.pem"]]);
        await made.WaitForExitAsync(Bound.Token);
        return files["roots.pem"];
    }
}
