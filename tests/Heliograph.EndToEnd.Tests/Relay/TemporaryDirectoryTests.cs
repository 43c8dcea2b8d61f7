using System.Net;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>
/// Others clean the temporary directory: systemd-tmpfiles after 10 or 30 days, an operator with rm. The running server has nothing there.
/// </summary>
public sealed class TemporaryDirectoryTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task Emptying_it_takes_nothing_from_visitors()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        foreach (var entry in new DirectoryInfo(proxy.Program.TemporaryDirectory).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }
        await ServesEverybodyAsync(proxy);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_running_server_leaves_it_empty()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        await ServesEverybodyAsync(proxy);
        // .NET's own sockets for debuggers are not the server's.
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(proxy.Program.TemporaryDirectory),
            static path => !Path.GetFileName(path).StartsWith("dotnet-diagnostic-", StringComparison.Ordinal)
                && !Path.GetFileName(path).StartsWith("clr-debug-pipe-", StringComparison.Ordinal));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("a path longer than a socket's")]
    [InlineData("missing")]
    [InlineData("read-only")]
    [InlineData("full")]
    public async Task Whatever_it_is_the_server_starts_and_serves_and_its_commands_reach_it(string kind)
    {
        Proxy.NeedsHeliograph();
        // Too long for a socket's address as well.
        var state = Path.Combine(directory.Path, new string('s', 120));
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Wrapper = With(kind), Arguments = ["--state-directory", state] });
        await ServesEverybodyAsync(proxy);
        var command = With(kind).Append(HeliographProcess.Program).Concat(["status", "--state-directory", state]).ToList();
        var (code, output, errors) = await ChildProcess.RunAsync(command[0], command[1..], BuiltProgram.Limit);
        Assert.True(code == 0, errors);
        Assert.Contains("connections", output, StringComparison.Ordinal);
    }

    /// <summary>A command that starts another one with such a temporary directory.</summary>
    private List<string> With(string kind)
    {
        var path = Path.Combine(directory.Path, kind == "a path longer than a socket's" ? new string('t', 120) : "temporary");
        if (kind != "missing")
            Directory.CreateDirectory(path);
        if (kind is not ("read-only" or "full"))
            return ["env", $"TMPDIR={path}"];
        PrivateMounts.Need();
        var fill = kind == "full" ? $"; head -c 1M /dev/zero 2>/dev/null > '{path}/filler'" : "";
        var options = kind == "full" ? "size=8k,nr_inodes=2" : "ro";
        return
        [
            "env", $"TMPDIR={path}", "unshare", "--mount", "sh", "-c",
            $"mount -t tmpfs -o {options} none '{path}'{fill}; exec \"$@\"", "sh",
        ];
    }

    private static async Task ServesEverybodyAsync(Proxy proxy)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
            Assert.Equal(HttpStatusCode.OK, (await Visitor.GetAsync(proxy, version)).Status);
        var plain = await Visitor.PlainAnswerAsync(proxy.Endpoint, "GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        Assert.Contains("The plain HTTP request was sent to HTTPS port", plain, StringComparison.Ordinal);
    }
}
