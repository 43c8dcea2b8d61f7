using System.Text.RegularExpressions;
using Heliograph.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Demo;

/// <summary><c>heliograph demo</c> as the built program; in this process when a part must fail.</summary>
public sealed partial class DemoTests
{
    // A directory that not even root can write to.
    private const string ReadOnlyDirectory = "/proc";

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_demo_tells_its_story_and_leaves_nothing_behind()
    {
        using var temporary = new TempDirectory();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = null, ["TMPDIR"] = temporary.Path };
        var (code, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["demo"], TimeSpan.FromSeconds(45), ReadOnlyDirectory, environment);
        Assert.Equal(("", 0), (errors, code));
        Assert.DoesNotContain('\e', output);
        Assert.All(output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
        Golden.Check("tests/Heliograph.EndToEnd.Tests/Demo/Golden/demo.txt", Masked(output));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_wrong_byte_ends_the_demo_with_1_and_the_name_of_the_check()
    {
        var (code, error) = await RunAsync(static message =>
        {
            if (message.Length > 70_000)
                message[70_000] ^= 1;
            return message;
        }, Bound.Token);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(
            "heliograph: demo: check failed: 1,048,576 bytes sent to cdn2.signal.org come back unchanged " +
            "(byte 70,000 of 1,048,576 differs)\n",
            error);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_missing_byte_ends_the_demo_with_1_and_the_name_of_the_check()
    {
        var (code, error) = await RunAsync(static message => message[1..], Bound.Token);
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith(
            "heliograph: demo: check failed: 35 bytes sent to grpc.chat.signal.org come back unchanged (byte 0 of 35 differs)\n",
            error,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_answer_that_never_comes_ends_the_demo_with_1_and_the_name_of_the_check()
    {
        var (code, error) = await RunAsync(static _ => throw new IOException("the stand-in is broken"), Bound.Token);
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith(
            "heliograph: demo: check failed: 35 bytes sent to grpc.chat.signal.org come back unchanged (", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_stopped_demo_says_where_it_was()
    {
        using var stop = new CancellationTokenSource();
        var (code, error) = await RunAsync(
            message =>
            {
                stop.Cancel();
                return message;
            },
            stop.Token);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(
            "heliograph: demo: check failed: 35 bytes sent to grpc.chat.signal.org come back unchanged " +
            "(it took too long, or was stopped)\n",
            error);
    }

    private static async Task<(ExitCode Code, string Error)> RunAsync(Func<byte[], byte[]> answer, CancellationToken cancellationToken)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await DemoCommand.RunAsync(answer, output, error, cancellationToken);
        return (code, error.ToString());
    }

    /// <summary>Replaces what differs between runs or versions with a word in capitals.</summary>
    private static string Masked(string output)
    {
        var text = output.Replace(ProductVersion.Text, "VERSION", StringComparison.Ordinal);
        text = Ports().Replace(text, ":PORT ");
        text = RecordBytes().Replace(text, "HEADER | BYTES ...");
        text = Records().Replace(text, "N ");
        text = TotalBytes().Replace(text, "in N bytes");
        text = CipherEntropy().Replace(text, "7.9NNN");
        text = Title().Replace(text, "${label}TITLE");
        text = PageLines().Replace(text, "   │ PAGE\n");
        text = Server().Replace(text, "nginx");
        return Seconds().Replace(text, "in N s");
    }

    [GeneratedRegex(@":\d{4,5}\b *", RegexOptions.None, 1000)]
    private static partial Regex Ports();

    [GeneratedRegex(@"(?:[0-9a-f]{2} ){5}\|(?: [0-9a-f]{2})+ \.\.\.", RegexOptions.None, 1000)]
    private static partial Regex RecordBytes();

    [GeneratedRegex(@"[\d,]+ (?=handshake|change_cipher_spec|application_data)", RegexOptions.None, 1000)]
    private static partial Regex Records();

    [GeneratedRegex(@"in [\d,]+ bytes", RegexOptions.None, 1000)]
    private static partial Regex TotalBytes();

    [GeneratedRegex(@"\b7\.9\d{3}\b", RegexOptions.None, 1000)]
    private static partial Regex CipherEntropy();

    [GeneratedRegex(@"^(?<label>   title +)\S.*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Title();

    // decoy.like: the system's.
    [GeneratedRegex(@"(?<=^   server +)nginx\S*( \(Ubuntu\))?", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Server();

    [GeneratedRegex(@"(?:   │ \S.*\n)+", RegexOptions.None, 1000)]
    private static partial Regex PageLines();

    [GeneratedRegex(@"in \d+\.\d s", RegexOptions.None, 1000)]
    private static partial Regex Seconds();
}
