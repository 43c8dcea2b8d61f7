using Heliograph.Acme.Tests.Scripted;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Killing;

/// <summary>kill -9 during an order: at the first request to the authority, at the second, and so on to the last.</summary>
public sealed class KillTests : ScriptedTests
{
    private const int SigKill = 9;
    private const int MoreThanAnOrderNeeds = 30;

    [Fact]
    public async Task A_kill_at_any_request_loses_nothing_and_costs_one_more_order_at_most()
    {
        var killed = new List<string>();
        for (var request = 1; request < MoreThanAnOrderNeeds; request++)
        {
            if (await KillAtAsync(request) is not { } part)
                break;
            killed.Add(part);
        }
        Assert.Equal(
            [
                "directory",
                "nonce",
                "account",
                "order",
                "authorization",
                "challenge",
                "authorization",
                "order-status",
                "finalize",
                "order-status",
                "certificate",
            ],
            killed);
    }

    /// <returns>The kind of that request; null if the certificate arrived before it.</returns>
    private async Task<string?> KillAtAsync(int request)
    {
        Clock.Jump(DateTimeOffset.UtcNow);
        using var state = new TempDirectory();
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var victim = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        string? killedAt = null;
        ca.Script = async (part, context) =>
        {
            if (killedAt is not null || ca.Requests.Values.Sum() != request)
                return false;
            killedAt = part;
            (await victim.Task).Signal(SigKill);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await using (
            var child = ChildProcess.Start(
                Environment.ProcessPath!, [VictimProgram.Word, ca.DirectoryUrl, ca.CaRootFile, state.Path, Name]))
        {
            victim.SetResult(child);
            var exitCode = await child.WaitForExitAsync(TimeSpan.FromSeconds(30));
            Assert.True(exitCode == (killedAt is null ? 0 : 128 + SigKill), child.AllOutput);
        }
        if (killedAt is null)
            return null;

        // The next start finds the counted attempt, waits, and then gets its certificate.
        var options = Options(ca) with { StateDirectory = state.Path };
        Clock.Jump(DateTimeOffset.UtcNow);
        await using var manager = Open(options);
        Assert.Equal(1, manager.Describe().Failures);
        var requests = ca.Requests.Values.Sum();
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal(requests, ca.Requests.Values.Sum());
        Clock.Advance(TimeSpan.FromMinutes(2));
        await manager.RenewIfDueAsync(Stop);

        Assert.Equal([Name], manager.Current?.Names);
        Assert.DoesNotContain("damaged", Log.All, StringComparison.Ordinal);
        Assert.All(
            Directory.GetFiles(Path.Combine(state.Path, "acme")), file => Assert.False(file.EndsWith(".new", StringComparison.Ordinal)));
        Assert.InRange(
            ca.Orders.Count, 1, killedAt is "directory" or "nonce" or "account" or "order" or "finalize" or "certificate" ? 1 : 2);
        return killedAt;
    }
}
