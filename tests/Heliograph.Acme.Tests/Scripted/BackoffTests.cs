using Heliograph.Platform;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>No order storm, whatever happens: the authority counts the orders.</summary>
public sealed class BackoffTests : ScriptedTests
{
    [Fact]
    public async Task A_crash_loop_of_a_day_without_any_certificate_asks_about_once_an_hour_at_most()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Refusals["tls-alpn-01"] = ScriptedCa.Problem("connection", "no");
        ca.Refusals["http-01"] = ScriptedCa.Problem("connection", "no");
        for (var minute = 0; minute < 24 * 60; minute += 2)
        {
            await RestartAndLookAsync(Options(ca));
            Clock.Advance(TimeSpan.FromMinutes(2));
        }
        // Two challenge types each; 1 and 10 minutes, then an hour on average.
        Assert.InRange(ca.Orders.Count, 2 * 15, 2 * 45);
        Assert.InRange(ca.Count("account"), 1, 1);
    }

    [Fact]
    public async Task Failing_renewals_of_a_good_certificate_go_1_10_100_minutes_then_daily()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.HasRenewalInfo = false;
        var due = (await RestartAndLookAsync(Options(ca))).NextRenewal;
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 403, "rejectedIdentifier", "no");
            return true;
        };
        Clock.Advance(due - Clock.GetUtcNow());
        var gaps = new List<TimeSpan>();
        for (var attempt = 0; attempt < 6; attempt++)
        {
            var next = (await RestartAndLookAsync(Options(ca))).NextRenewal;
            gaps.Add(next - Clock.GetUtcNow());
            // A check just before does nothing.
            Clock.Advance(gaps[^1] - TimeSpan.FromSeconds(1));
            await RestartAndLookAsync(Options(ca));
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(1 + 6, ca.Count("order"));
        Assert.InRange(gaps[0].TotalMinutes, 0.5, 1.5);
        Assert.InRange(gaps[1].TotalMinutes, 5, 15);
        Assert.InRange(gaps[2].TotalMinutes, 50, 150);
        Assert.All(gaps[3..], gap => Assert.InRange(gap.TotalHours, 12, 36));
        Assert.NotNull((await RestartAndLookAsync(Options(ca))).LastError);
    }

    [Fact]
    public async Task Near_the_end_of_a_certificate_the_attempts_come_closer_together()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.HasRenewalInfo = false;
        await RestartAndLookAsync(Options(ca));
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 403, "rejectedIdentifier", "no");
            return true;
        };
        Clock.Advance(TimeSpan.FromDays(89));
        TimeSpan gap = default;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            gap = (await RestartAndLookAsync(Options(ca))).NextRenewal - Clock.GetUtcNow();
            Clock.Advance(gap);
        }
        Assert.InRange(gap.TotalHours, 0.5, 4.5);
    }

    [Fact]
    public async Task A_rate_limit_is_kept_across_restarts_and_reported_with_its_end()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "too many certificates", "172800");
            return true;
        };
        await RestartAndLookAsync(Options(ca));
        for (var hour = 0; hour < 47; hour++)
        {
            Clock.Advance(TimeSpan.FromHours(1));
            await RestartAndLookAsync(Options(ca));
        }
        Assert.Equal(1, ca.Count("order"));
        var description = await RestartAndLookAsync(Options(ca));
        Assert.Equal(Start.AddDays(2), description.NextRenewal);
        Assert.Contains("too many certificates", description.LastError, StringComparison.Ordinal);

        await using var manager = Open(Options(ca));
        var refused = await Assert.ThrowsAsync<AcmeException>(() => manager.RenewNowAsync(force: false, Stop));
        Assert.Contains("2026-11-24 12:00:00", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact]
    public async Task A_Retry_After_that_is_a_date_counts_by_the_authority_s_clock()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            context.Response.Headers.Date = Start.AddDays(10).ToString("R");
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "slow", Start.AddDays(10).AddHours(3).ToString("R"));
            return true;
        };
        Assert.Equal(Start.AddHours(3), (await RestartAndLookAsync(Options(ca))).NextRenewal);
        Assert.Contains("10 days behind", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_adds_its_own_name_is_not_asked_in_a_loop()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.AddedName = "www." + Name;
        for (var look = 0; look < 10; look++)
        {
            await RestartAndLookAsync(Options(ca));
            Clock.Advance(TimeSpan.FromHours(6));
        }
        Assert.Single(ca.Orders);
        Assert.Equal(2, Used[^1].Names.Count);
    }

    [Fact]
    public async Task A_kill_during_an_order_counts_as_a_failure()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var writes = 0;
        // The first write counts the attempt, the next two are the account's; then the process ends.
        await using (var manager = Open(Options(ca), step => Die(step == WriteStep.Create && ++writes == 4)))
            await Assert.ThrowsAsync<KilledException>(() => manager.RenewIfDueAsync(Stop));

        var description = await RestartAndLookAsync(Options(ca));
        Assert.Equal(1, description.Failures);
        Assert.InRange(description.NextRenewal, Start.AddSeconds(30), Start.AddSeconds(90));
        Assert.Single(ca.Orders);
    }

    [Fact]
    public async Task A_kill_before_the_certificate_is_stored_needs_no_second_order()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var writes = 0;
        // The order is remembered by the fourth write; the fifth would store the certificate.
        await using (var manager = Open(Options(ca), step => Die(step == WriteStep.Create && ++writes == 5)))
            await Assert.ThrowsAsync<KilledException>(() => manager.RenewIfDueAsync(Stop));
        Used.Clear();
        Clock.Advance(TimeSpan.FromMinutes(2));
        var description = await RestartAndLookAsync(Options(ca));

        Assert.Equal([Name], description.Names);
        Assert.Single(ca.Orders);
        Assert.Equal(1, ca.Count("finalize"));
    }

    [Fact]
    public async Task A_shutdown_during_an_order_is_not_a_failure()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var manager = Open(Options(ca));
        manager.Start();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        await manager.DisposeAsync();

        await using var next = Open(Options(ca));
        Assert.Equal(0, next.Describe().Failures);
    }

    [Fact]
    public async Task When_the_disk_is_full_no_authority_is_asked()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), step =>
        {
            if (step == WriteStep.Half)
                throw new IOException("No space left on device");
        });
        for (var minute = 0; minute < 120; minute++)
        {
            await manager.RenewIfDueAsync(Stop);
            Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Empty(ca.Requests);
        Assert.Contains("No space left", manager.Describe().LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_the_order_does_not_keep_the_certificate_from_being_served()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var writes = 0;
        var full = false;
        await using var manager = Open(Options(ca), step =>
        {
            full |= step == WriteStep.Create && ++writes == 5;
            if (full && writes == 5)
                throw new IOException("No space left on device");
        });
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal([Name], Assert.Single(Used).Names);
        Assert.Contains("No space left", manager.Describe().LastError, StringComparison.Ordinal);

        // There is space again: the certificate in memory is written, and not ordered twice.
        Clock.Advance(TimeSpan.FromMinutes(2));
        await manager.RenewIfDueAsync(Stop);
        await using var next = Open(Options(ca));
        Assert.Equal(manager.Current!.SerialNumber, next.Current!.SerialNumber);
        Assert.Single(ca.Orders);
    }

    [Fact]
    public async Task Two_processes_at_once_place_one_order()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ca.Script = async (part, _) =>
        {
            if (part == "finalize")
            {
                asked.TrySetResult();
                await goOn.Task;
            }
            return false;
        };
        var secondUsed = new List<IssuedCertificate>();
        await using var first = Open(Options(ca));
        await using var second = CertificateManager.Open(Options(ca), Ports.Responders, secondUsed.Add, Clock, Log);
        var one = first.RenewIfDueAsync(Stop);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        var two = second.RenewNowAsync(force: false, Stop);
        await Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        Assert.False(two.IsCompleted);
        goOn.SetResult();
        await one;
        while (!two.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(2));
            await Task.WhenAny(two, Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
        }
        Assert.False((await two).Renewed);

        Assert.Single(ca.Orders);
        Assert.Equal(first.Current!.SerialNumber, Assert.Single(secondUsed).SerialNumber);
    }

    private static void Die(bool now)
    {
        if (now)
            throw new KilledException();
    }

    /// <summary>Not caught anywhere: stands for the end of the process.</summary>
    private sealed class KilledException : Exception;
}
