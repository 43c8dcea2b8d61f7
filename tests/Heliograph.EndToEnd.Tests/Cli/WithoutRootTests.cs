using System.Text.Json;
using Heliograph.EndToEnd.Tests.Checking;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary>Commands of a user who is not root: one who may not read the configuration, and the server's own.</summary>
[Trait("Needs", "root")]
public sealed class WithoutRootTests : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    private readonly TempDirectory directory = new();
    private readonly CheckedProxy check = new();

    public async ValueTask DisposeAsync()
    {
        await check.DisposeAsync();
        directory.Dispose();
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("run")]
    [InlineData("link")]
    [InlineData("check")]
    [InlineData("status")]
    [InlineData("config show")]
    [InlineData("config validate")]
    [InlineData("certificate show")]
    [InlineData("routes show")]
    [InlineData("routes undo")]
    public async Task A_configuration_that_only_root_may_read_is_said_to_be_so(string command)
    {
        await NeedAnotherUserAsync();
        var file = directory.Write("heliograph.yaml", "domains: [proxy.example.org]\n");
        File.SetUnixFileMode(file, OwnerOnly);
        var (code, output, errors) = await ChildProcess.RunAsync(
            AsNobody[0], [.. AsNobody[1..], HeliographProcess.Program, .. command.Split(' '), "--config", file], BuiltProgram.Limit);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(
            $"heliograph: the configuration has an error:\n  {file}: user nobody may not read it; use sudo, or name another file with " +
            "--config FILE\n",
            errors,
            StringComparison.Ordinal);
        Assert.DoesNotContain("missing", errors, StringComparison.Ordinal);
    }

    /// <remarks>The limit binds no process of root's.</remarks>
    [Theory(Timeout = Bound.Test)]
    [InlineData(10)]
    [InlineData(14)]
    [InlineData(17)]
    public async Task Too_few_threads_are_reported_in_one_line(int threads)
    {
        await NeedAnotherUserAsync();
        // A user who runs nothing else.
        string[] asStranger = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "prlimit", $"--nproc={threads}:{threads}"];
        var (code, output, errors) = await ChildProcess.RunAsync(
            asStranger[0], [.. asStranger[1..], HeliographProcess.Program, "run", "--domain", "localhost"], BuiltProgram.Limit);
        Assert.Equal((1, ""), (code, output));
        Assert.Matches(
            @"\Aheliograph: this process may start [0-9]+ more threads, and needs [0-9]+; raise the limit: LimitNPROC= and TasksMax= of " +
            @"a systemd unit, pids_limit of a container, or ulimit -u\n\z",
            errors);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task To_the_servers_own_user_a_healthy_servers_ports_are_its_own()
    {
        await NeedAnotherUserAsync();
        var (chain, key) = check.Certificate.WriteTo(directory);
        var (https, http) = (LoopbackPort.Free(), LoopbackPort.Free());
        var config = directory.Write("heliograph.yaml", $$"""
            domains: ["127.0.0.1"]
            listen: ["{{https}}"]
            http: { listen: ["{{http}}"] }
            certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
            routes: { sets: [], hosts: { grpc.chat.signal.org: "{{check.Signal}}" } }
            state_directory: "{{directory["state"]}}"
            metrics: { listen: [] }

            """);
        var root = directory.Write("root.pem", check.Authority.RootPem);
        string[] open = ["sh", "-c", "chmod -R a+rwX . && exec \"$@\"", "sh"];
        await using var server = await HeliographProcess.StartAsync(config, directory.Path, wrapper: [.. open, .. AsNobody]);
        var run = await CheckedProxy.RunAsync(
            AsNobody, ["check", "--config", config, "--ca-root", root, "--signal-root", root, "--neutral", "none", "--json"]);
        var machine = JsonDocument.Parse(run.Output).RootElement.GetProperty("machine").EnumerateArray().ToList();
        foreach (var port in new[] { https.Port, http.Port })
            Assert.Equal(
                ("good", "in use by the running server"),
                machine
                    .Where(step => step.GetProperty("subject").GetString() == $"port {port}")
                    .Select(static step => (step.GetProperty("outcome").GetString(), step.GetProperty("seen").GetString()))
                    .Single());
        Assert.DoesNotContain(machine, static step => step.GetProperty("outcome").GetString() == "failure");
    }

    private static async Task NeedAnotherUserAsync()
    {
        Assert.SkipUnless(Environment.UserName == "root", "running the program as another user requires root");
        var (reachable, _, _) = await ChildProcess.RunAsync(
            AsNobody[0], [.. AsNobody[1..], "test", "-x", HeliographProcess.Program], Bound.Prompt);
        Assert.SkipUnless(reachable == 0, $"{HeliographProcess.Program} lies where another user cannot read it");
    }
}
