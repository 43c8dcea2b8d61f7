using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// An upgrade of the installed package from the apt repository while clients connect, with the listening socket held open as systemd does.
/// </summary>
public sealed class DebUpgradeTests
{
    private const int Clients = 16;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task An_upgrade_under_traffic_refuses_nobody()
    {
        using var repository = await AptRepository.CreateAsync();
        using var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        await root.InstallAsync(Packages.Deb);
        await repository.AddAsync(await root.MakeNewerAsync(), OtherVersions.Newer);
        await repository.PublishAsync(root);
        var endpoint = LoopbackPort.Free();
        await File.WriteAllTextAsync(root["etc/heliograph/heliograph.yaml"], $$"""
            domains: [proxy.example]
            listen: ["{{endpoint}}"]
            http: { listen: [] }
            certificate: { source: self-signed }

            """, Tool.Token);
        root.Enable();

        // The unit's command line, as its user, with the descriptors that systemd passes.
        var unit = await File.ReadAllLinesAsync(root["usr/lib/systemd/system/heliograph.service"], Tool.Token);
        var command = Assert
            .Single(unit, static line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..]
            .Split(' ');
        var manager = Repository.PathOf("tests/Heliograph.EndToEnd.Tests/Systemd/service-manager.pl");
        await using var service = ChildProcess.Start("perl", [manager, $"{endpoint}", "--", .. root.CommandAs("heliograph", command)]);
        await service.WaitForLineAsync(static line => line == "ready", Limit);
        root.PretendRunning();

        using var crowd = new Crowd(endpoint, Clients);
        var first = Started(service).Single();
        _ = root.SystemctlCalls;
        await root.RunAsync("apt-get", "update");
        await root.RunAsync("apt-get", "upgrade", "--yes");
        Assert.Contains(root.SystemctlCalls, static call => call.Contains("restart heliograph.service", StringComparison.Ordinal));
        Assert.EndsWith(
            " (deleted)", File.ResolveLinkTarget($"/proc/{first}/exe", returnFinalTarget: false)!.Name, StringComparison.Ordinal);

        // What the real systemctl would have done.
        var before = crowd.Answers;
        service.Signal(Processes.SIGUSR1);
        await service.WaitForLineAsync(
            line =>
                line.StartsWith("service-manager: started ", StringComparison.Ordinal)
                && !line.EndsWith($" {first}", StringComparison.Ordinal),
            Limit);
        var second = Started(service).Last();
        while (!crowd.HasFailed && (service.Output.Split("\nready\n").Length < 3 || crowd.Answers < before + (4 * Clients)))
            await Visitor.VisitAsync(endpoint);
        Assert.Equal("heliograph", File.ResolveLinkTarget($"/proc/{second}/exe", returnFinalTarget: false)!.Name);
        await crowd.EndAsync();

        service.Signal(Processes.SIGTERM);
        Assert.Equal(0, await service.WaitForExitAsync(Limit));
    }

    private static IEnumerable<string> Started(ChildProcess service) =>
        service
            .Output.Split('\n')
            .Where(static line => line.StartsWith("service-manager: started ", StringComparison.Ordinal))
            .Select(static line => line.Split(' ')[^1]);
}
