using System.Diagnostics;
using System.Text;
using Heliograph.Certificates;
using Heliograph.Relay.OuterTls;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Tests.Certificates;

/// <summary>What of a certificate's two files is taken, what is refused and with which words, and what a reload does.</summary>
public sealed class FileSourceTests : IDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();
    private readonly TestCertificate good;
    private readonly ManualTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly RecordingLogger log = new();
    private readonly List<ServerCertificate> used = [];

    public FileSourceTests()
    {
        // Three certificates: leaf, intermediate, root.
        var short2 = authority.IssueThroughIntermediate("proxy.example");
        good = short2 with { ChainPem = short2.ChainPem + authority.RootPem };
    }

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData("cut in its data", "the chain cannot be read: block 2, line {line}: ")]
    [InlineData("cut in its end", "the chain cannot be read: block 2, line {line}: ")]
    [InlineData("glued", "the chain cannot be read: block 1, line {line}: ")]
    [InlineData("not a certificate", "the chain cannot be read: block 2, line {line}: ")]
    [InlineData("a lost character", "the chain cannot be read: block 2, line {line}: ")]
    [InlineData("a lost line", "the chain cannot be read: block 2, line {line}: ")]
    [InlineData("a lost beginning", "the chain cannot be read: block 2, line {line}: ")]
    public async Task A_chain_that_does_not_parse_whole_is_refused_and_the_whole_one_goes_on(string fault, string expected)
    {
        await using var source = await OpenAsync();
        Assert.Equal(3, source.Current.Chain.Count);
        var (broken, line) = Break(good.ChainPem, fault);

        (good with { ChainPem = broken }).WriteTo(directory);
        source.Reload();

        Assert.Empty(used);
        Assert.Equal(3, source.Current.Chain.Count);
        Assert.Contains(
            expected.Replace("{line}", line.ToString(), StringComparison.Ordinal),
            Assert.Single(log.Lines, static text => text.StartsWith("Error: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_of_files_that_have_not_changed_says_so_and_replaces_nothing()
    {
        await using var source = await OpenAsync();
        source.Reload();
        Assert.Empty(used);
        Assert.Equal($"Information: The certificate in {directory["chain.pem"]} has not changed", Assert.Single(log.Lines));
    }

    [Fact]
    public async Task A_reload_tells_again_what_is_wrong_with_files_that_were_refused()
    {
        await using var source = await OpenAsync();
        (good with { ChainPem = "" }).WriteTo(directory);
        source.Reload();
        source.Reload();
        Assert.Equal(2, log.Lines.Count(static line => line.StartsWith("Error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task New_files_are_seen_within_15_seconds_and_taken_when_they_have_kept_still_for_two()
    {
        await using var source = await OpenAsync();
        var renewed = authority.Issue(TestKey.Ecdsa, "proxy.example");
        renewed.WriteTo(directory);

        clock.Advance(CheckEvery - Moment);
        clock.Advance(Moment);
        clock.Advance(SettleTime - Moment);
        Assert.Empty(used);
        clock.Advance(Moment);

        Assert.Same(Assert.Single(used), source.Current);
        Assert.Equal(Leaf(renewed), source.Current.Chain[0].ToArray());
        clock.Advance(CheckEvery);
        Assert.Single(used);
    }

    [Fact]
    public async Task Files_that_go_on_changing_are_not_taken_until_they_keep_still()
    {
        await using var source = await OpenAsync();
        clock.Advance(CheckEvery - SettleTime);
        var last = good;
        for (var i = 0; i < 5; i++)
        {
            last = authority.Issue(TestKey.Ecdsa, "proxy.example");
            last.WriteTo(directory);
            clock.Advance(SettleTime);
        }
        Assert.Empty(used);

        clock.Advance(SettleTime);
        Assert.Equal(Leaf(last), Assert.Single(used).Chain[0].ToArray());
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Pipes_are_read_to_their_end_once_and_the_log_says_that_they_cannot_be_watched()
    {
        var (chain, key) = (MakePipe("chain.pipe"), MakePipe("key.pipe"));
        var writing = Task.WhenAll(WriteSlowlyAsync(chain, good.ChainPem), WriteSlowlyAsync(key, good.KeyPem));
        await using var source = await FileSource.OpenAsync(chain, key, clock, log);
        await writing;
        source.Watch(used.Add);
        Assert.Equal(3, source.Current.Chain.Count);
        var told =
            $"Warning: The certificate is from a pipe ({chain}), which can be read only once: a renewed one is not noticed, and takes a " +
            "restart; give regular files in certificate.chain and certificate.key instead";
        Assert.Equal(told, Assert.Single(log.Lines));
        clock.Advance(CheckEvery);
        source.Reload();
        Assert.Equal([told, told], log.Lines);
        Assert.Empty(used);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_pipe_that_nobody_writes_to_is_given_up()
    {
        var (chain, key) = (MakePipe("chain.pipe"), good.WriteTo(directory).Key);
        var opening = FileSource.OpenAsync(chain, key, clock, log);
        await Polling.UntilAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return opening.IsCompleted;
            },
            TimeSpan.FromSeconds(20),
            "it waits without end");
        var refusal = await Assert.ThrowsAsync<StartException>(() => opening);
        Assert.Contains(
            "chain.pipe did not end within 10 seconds: it is a pipe that nobody writes to and closes",
            refusal.Message,
            StringComparison.Ordinal);
        // Frees the thread that is still waiting for a writer.
        await WriteSlowlyAsync(chain, "");
    }

    [Fact]
    public async Task A_file_that_has_become_a_pipe_is_not_opened_and_the_next_file_is_taken()
    {
        await using var source = await OpenAsync();
        var chain = source.Description["from ".Length..];
        File.Delete(chain);
        MakePipe(Path.GetFileName(chain));

        source.Reload();

        Assert.Equal(
            "Error: The new certificate is rejected; the previous one stays in use: certificate.chain: " +
            $"{chain} is a pipe, which can be read only once; give a regular file",
            log.Lines[^1]);

        File.Delete(chain);
        authority.IssueThroughIntermediate("proxy.example").WriteTo(directory);
        source.Reload();
        Assert.Single(used);
    }

    [Fact]
    public async Task An_endless_file_is_refused()
    {
        var (_, key) = good.WriteTo(directory);
        var refusal = await Assert.ThrowsAsync<StartException>(
            () => FileSource.OpenAsync("/dev/zero", key, clock, log));
        Assert.Equal("certificate.chain: /dev/zero is larger than 1 MiB, so it is not a PEM file", refusal.Message);
    }

    private static byte[] Leaf(TestCertificate certificate)
    {
        using var leaf = certificate.Load();
        return leaf.RawData;
    }

    private async Task<FileSource> OpenAsync()
    {
        var (chain, key) = good.WriteTo(directory);
        var source = await FileSource.OpenAsync(chain, key, clock, log);
        source.Watch(used.Add);
        return source;
    }

    /// <returns>The broken chain, and the line that the refusal names.</returns>
    private static (string Chain, int Line) Break(string chain, string fault)
    {
        var lines = chain.Split('\n').ToList();
        var second = lines.FindIndex(1, static line => line.StartsWith("-----BEGIN", StringComparison.Ordinal));
        var end = lines.FindIndex(second, static line => line.StartsWith("-----END", StringComparison.Ordinal));
        switch (fault)
        {
            case "cut in its data":
                return (string.Join('\n', lines.Take(second + 3)), second + 1);
            case "cut in its end":
                return (string.Join('\n', lines.Take(end)) + "\n-----END CERT", end + 1);
            case "glued":
                lines[second - 1] += lines[second];
                lines.RemoveAt(second);
                return (string.Join('\n', lines), second);
            case "not a certificate":
                lines.RemoveRange(second + 1, end - second - 1);
                lines.Insert(second + 1, "aGVsbG8=");
                return (string.Join('\n', lines), second + 1);
            case "a lost character":
                lines[second + 3] = lines[second + 3][1..];
                return (string.Join('\n', lines), second + 1);
            case "a lost line":
                lines.RemoveAt(second + 3);
                return (string.Join('\n', lines), second + 1);
            default:
                lines.RemoveAt(second);
                return (string.Join('\n', lines), end);
        }
    }

    private string MakePipe(string name)
    {
        using var made = Process.Start("mkfifo", [directory[name]]);
        made.WaitForExit();
        return directory[name];
    }

    /// <summary>In two pieces, as a program that writes line by line does.</summary>
    private static Task WriteSlowlyAsync(string pipe, string text) => Task.Run(() =>
    {
        using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(Encoding.ASCII.GetBytes(text[..(text.Length / 2)]));
        stream.Write(Encoding.ASCII.GetBytes(text[(text.Length / 2)..]));
    });
}
