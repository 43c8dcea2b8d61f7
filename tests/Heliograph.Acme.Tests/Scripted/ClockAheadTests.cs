namespace Heliograph.Acme.Tests.Scripted;

/// <summary>A clock that was ahead for a while and was set right: what was stored by it postpones nothing.</summary>
public sealed class ClockAheadTests : ScriptedTests
{
    [Fact]
    public async Task A_failure_from_a_time_when_the_clock_was_a_day_ahead_postpones_nothing()
    {
        await using var ca = await RefusingCaAsync(403, "rejectedIdentifier", retryAfter: null);
        Clock.Jump(Start.AddDays(1));
        await RestartAndLookAsync(Options(ca));
        Clock.Jump(Start);
        await RestartAndLookAsync(Options(ca));
        Assert.Equal([Name], Assert.Single(Used).Names);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_by_half_a_minute_leaves_the_back_off_as_it_is()
    {
        await using var ca = await RefusingCaAsync(403, "rejectedIdentifier", retryAfter: null);
        Clock.Jump(Start.AddSeconds(30));
        var next = (await RestartAndLookAsync(Options(ca))).NextRenewal;
        Clock.Jump(Start);
        Assert.Equal(next, (await RestartAndLookAsync(Options(ca))).NextRenewal);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact]
    public async Task A_rate_limit_from_that_time_is_no_limit()
    {
        await using var ca = await RefusingCaAsync(429, "rateLimited", "7200");
        Clock.Jump(Start.AddDays(1));
        Assert.Equal(Start.AddDays(1).AddHours(2), (await RestartAndLookAsync(Options(ca))).LimitedUntil);
        Clock.Jump(Start);
        await RestartAndLookAsync(Options(ca));
        Assert.Single(Used);
    }

    [Fact]
    public async Task Nor_does_it_become_one_by_a_failure_after_the_clock_was_set_right()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            if (ca.Count("order") == 1)
                await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "too many", "7200");
            else
                await ScriptedCa.AnswerProblemAsync(context, 403, "rejectedIdentifier", "no");
            return true;
        };
        Clock.Jump(Start.AddDays(1));
        await RestartAndLookAsync(Options(ca));
        Clock.Jump(Start);
        var description = await RestartAndLookAsync(Options(ca));
        Assert.Equal(2, ca.Count("order"));
        Assert.Null(description.LimitedUntil);
        // And the new failure counts as any other: no second request before its back-off is over.
        Assert.InRange(description.NextRenewal, Start.AddMinutes(1), Start.AddMinutes(15));
        await RestartAndLookAsync(Options(ca));
        Assert.Equal(2, ca.Count("order"));
    }

    [Fact]
    public async Task A_suggestion_from_that_time_is_asked_for_again_and_once_only()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await RestartAndLookAsync(Options(ca));
        Clock.Jump(Start.AddHours(12));
        await RestartAndLookAsync(Options(ca));
        Assert.Equal(1, ca.Count("renewal-info"));
        Clock.Jump(Start);
        for (var look = 0; look < 3; look++)
            await RestartAndLookAsync(Options(ca));
        Assert.Equal(2, ca.Count("renewal-info"));
    }

    [Fact]
    public async Task A_certificate_from_that_time_is_renewed_when_a_third_of_its_lifetime_is_left()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.HasRenewalInfo = false;
        ca.Chain = _ => ca.SignLast(Start, Start.AddDays(90));
        Clock.Jump(Start.AddDays(80));
        await RestartAndLookAsync(Options(ca));
        Clock.Jump(Start);
        Assert.Equal(Start.AddDays(60), (await RestartAndLookAsync(Options(ca))).NextRenewal);
    }

    /// <summary>It refuses the first order.</summary>
    private async Task<ScriptedCa> RefusingCaAsync(int status, string kind, string? retryAfter)
    {
        var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order" || ca.Count("order") > 1)
                return false;
            await ScriptedCa.AnswerProblemAsync(context, status, kind, "no", retryAfter);
            return true;
        };
        return ca;
    }
}
