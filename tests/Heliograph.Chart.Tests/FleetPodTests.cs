using System.Net;
using Heliograph.Testing;

namespace Heliograph.Chart.Tests;

/// <summary>
/// The built program in the pods of a release that is a fleet, each with the commands and the files that the chart renders.
/// </summary>
[Trait("Needs", "server")]
[Trait("Needs", "root")]
public sealed class FleetPodTests
{
    public FleetPodTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for mounts and the user of the pod");

    [Fact(Timeout = Bound.LongTest)]
    public async Task Pods_join_by_their_tokens_order_one_certificate_and_come_back_without_etcd()
    {
        await using var fleet = await PodFleet.MakeAsync(pods: 3);
        var (first, second, third) = (fleet.Pods[0], fleet.Pods[1], fleet.Pods[2]);
        await fleet.InviteAsync(first);
        await fleet.InviteAsync(third);
        // Both are there before anybody is asked.
        fleet.Pebble.Freeze();
        await Task.WhenAll(first.StartAsync(), third.StartAsync());
        Assert.Equal(HttpStatusCode.OK, await third.ProbeAsync(static container => container.ReadinessProbe));
        fleet.Pebble.Thaw();
        var serial = await fleet.UntilAllServeAsync();
        Assert.Equal(1, fleet.Orders);

        // One more, whose token is missing at first.
        var (exitCode, output) = await second.InitializeAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"--token-file /etc/heliograph/fleet/{second.PodName} cannot be read: there is no such file", output, StringComparison.Ordinal);
        await fleet.InviteAsync(second);
        await second.StartAsync();
        Assert.Equal(serial, await SerialAsync(second));
        var status = await first.ExecuteAsync("status", "--fleet");
        Assert.StartsWith($"3 of 4 machines are up. This one is {first.PodName}.\n", status, StringComparison.Ordinal);

        // It is shut out, which gives the others another key, and let in again with the volume of before.
        await second.DeleteAsync();
        await fleet.CommandAsync("remove", second.PodName);
        Assert.StartsWith("2 of 3 machines are up.", await third.ExecuteAsync("status", "--fleet"), StringComparison.Ordinal);
        await fleet.InviteAsync(second);
        await second.StartAsync();
        Assert.Equal(serial, await SerialAsync(second));

        await fleet.Etcd.KillAsync();
        await first.RestartContainerAsync();
        await third.ReplaceAsync();
        Assert.Equal(serial, await fleet.UntilAllServeAsync());
        await fleet.Etcd.StartAgainAsync();
        await Polling.UntilAsync(
            async () => (await first.ExecuteAsync("status", "--fleet")).StartsWith("3 of 4 machines are up.", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            "the pods do not report once etcd is back");
        Assert.Equal(1, fleet.Orders);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_pod_without_storage_joins_anew_when_it_is_replaced_and_orders_nothing()
    {
        await using var fleet = await PodFleet.MakeAsync(pods: 1, "fleet.storage.enabled=false");
        var pod = fleet.Pods[0];
        await fleet.InviteAsync(pod);
        await pod.StartAsync();
        var serial = await fleet.UntilAllServeAsync();

        await pod.ReplaceAsync();

        Assert.Equal(serial, await SerialAsync(pod));
        Assert.Equal(1, fleet.Orders);
    }

    private static async Task<string> SerialAsync(Pod pod)
    {
        using var shown = await pod.ShownAsync();
        return shown.SerialNumber;
    }
}
