using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>The units, checked by systemd itself.</summary>
public sealed class UnitTests : IDisposable
{
    /// <summary>The exposure allowed, in tenths: 2.0 of 10.</summary>
    private const string Threshold = "20";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Systemd_finds_no_problem_in_the_units()
    {
        var (service, socket) = Units.WriteTo(directory);
        var (code, output, errors) = await ChildProcess.RunAsync("systemd-analyze", ["verify", "--man=no", service, socket], Limit);
        Assert.Equal("", output + errors);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task The_services_exposure_is_2_0_or_less_and_every_remaining_finding_has_its_reason()
    {
        var (service, _) = Units.WriteTo(directory);
        var (code, output, errors) = await ChildProcess.RunAsync(
            "systemd-analyze", ["security", "--no-pager", "--offline=true", $"--threshold={Threshold}", service], Limit);
        Assert.True(code == 0, output + errors);
        var open = output
            .Split('\n')
            .Where(static line => line.StartsWith('✗'))
            .Select(static line => line[1..line.IndexOf('=', StringComparison.Ordinal)].Trim())
            .ToList();
        Assert.NotEmpty(open);
        var comments = string.Concat(Units.Service.Split('\n').Where(static line => line.StartsWith('#')));
        Assert.All(open, setting => Assert.Contains(setting + "=", comments, StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_starts_and_serves_without_the_system_calls_that_the_unit_forbids()
    {
        var calls = string.Join(',', (await TakenAwayAsync()).Select(static call => $"?{call}"));
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                // The same as the unit's SystemCallErrorNumber=. With -D the tracer is not the program's parent, so the process id stays
                // the same.
                Wrapper =
                [
                    "strace",
                    "-D",
                    "-f",
                    "-q",
                    "-o",
                    directory["calls"],
                    "--seccomp-bpf",
                    "-e",
                    $"trace={calls}",
                    "-e",
                    $"inject={calls}:error=EPERM",
                ],
            });
        await using var visitor = await TlsInTlsClient.ConnectOuterAsync(proxy.Client("nobody.example"), Bound.Token);
        proxy.Program.Signal(Processes.SIGHUP);
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Configuration reloaded", StringComparison.Ordinal), Bound.Prompt);
        Assert.Contains("(INJECTED)", await File.ReadAllTextAsync(directory["calls"], Bound.Token), StringComparison.Ordinal);
    }

    /// <summary>The calls in the groups that SystemCallFilter= excludes, except those that it allows individually.</summary>
    private static async Task<IReadOnlyCollection<string>> TakenAwayAsync()
    {
        var filters = Units.Values(Units.Service, "SystemCallFilter");
        var away = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in filters.Single(static filter => filter.StartsWith('~'))[1..].Split(' '))
            away.UnionWith(await CallsAsync(group));
        away.ExceptWith(filters.Where(static filter => !filter.StartsWith('~') && !filter.StartsWith('@')));
        return away;
    }

    private static async Task<IEnumerable<string>> CallsAsync(string group)
    {
        var (_, output, _) = await ChildProcess.RunAsync("systemd-analyze", ["syscall-filter", "--no-pager", group], Limit);
        var calls = new List<string>();
        foreach (
            var line in output
                .Split('\n')
                .Skip(1)
                .Select(static line => line.Trim())
                .Where(static line => line.Length > 0 && line[0] != '#'))
            calls.AddRange(line.StartsWith('@') ? await CallsAsync(line) : [line]);
        return calls;
    }
}
