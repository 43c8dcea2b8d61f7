using Heliograph.Soak.Judging;

namespace Heliograph.EndToEnd.Tests.Bench.Soak;

/// <summary>Each rule of the endurance run fires when it should, and only then.</summary>
public sealed class RuleTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(500);

    private readonly Windows windows = new();
    private readonly Findings findings = new();

    [Fact]
    public void A_client_that_loses_a_byte_fails_the_run_unless_the_disturbance_is_one_of_its_own()
    {
        Disturb("upstream dead", new Excuse(Lane.Dying, Lane.Dying, Grace: Second(2)), from: 100, to: 110);

        ClientRule.Judge(Lost(Lane.Dying, 99, 101), windows, findings);
        ClientRule.Judge(Lost(Lane.Dying, 105, 106), windows, findings);
        ClientRule.Judge(Lost(Lane.Dying, 111, 112), windows, findings);
        Assert.True(findings.IsEmpty);

        ClientRule.Judge(Lost(Lane.Steady, 105, 106), windows, findings);
        ClientRule.Judge(Lost(Lane.Dying, 98, 99), windows, findings);
        ClientRule.Judge(Lost(Lane.Dying, 113, 114), windows, findings);
        Assert.Equal($"FAILED {ClientRule.LostByte}: 3 times", findings.Lines[0]);
    }

    [Fact]
    public void A_wrong_byte_fails_the_run_whatever_goes_on()
    {
        Disturb("everything", new Excuse(Lane.Clients, Lane.Clients, Grace: Second(2)), from: 100, to: 110);

        ClientRule.Judge(Lost(Lane.Dying, 105, 106) with { Lost = null, IsWrong = true }, windows, findings);

        Assert.Equal($"FAILED {ClientRule.WrongByte}: 1 times", findings.Lines[0]);
    }

    [Fact]
    public void More_than_three_seconds_for_the_first_byte_fail_the_run_unless_the_disturbance_makes_clients_wait()
    {
        Disturb("stopped", new Excuse(Lane.Clients, Lane.None, Grace: Second(2)), from: 100, to: 110);

        ClientRule.Judge(Waited(Lane.Steady, 50, 2.9), windows, findings);
        ClientRule.Judge(Waited(Lane.Steady, 101, 9), windows, findings);
        Assert.True(findings.IsEmpty);

        ClientRule.Judge(Waited(Lane.Steady, 50, 3.1), windows, findings);
        Assert.Equal($"FAILED {ClientRule.Late}: 1 times", findings.Lines[0]);
        Assert.Equal("       Steady, after 50.0 s of the run: 3.1 s for the first byte", findings.Lines[1]);
        // To wait is excused, to lose is not.
        ClientRule.Judge(Lost(Lane.Steady, 101, 102), windows, findings);
        Assert.Contains($"FAILED {ClientRule.LostByte}: 1 times", findings.Lines);
    }

    [Fact]
    public void What_stays_as_it_is_does_not_fail_the_run_even_when_it_is_restless()
    {
        var random = new Random(1);
        JudgeGrowth(at => Use(at, 1 + (0.2 * random.NextDouble())));
        Assert.True(findings.IsEmpty, string.Join('\n', findings.Lines));
    }

    [Theory]
    [InlineData("descriptors")]
    [InlineData("user memory")]
    [InlineData("kernel memory")]
    [InlineData("threads")]
    [InlineData("the median of the first byte")]
    public void What_grows_fails_the_run_and_is_named(string what)
    {
        JudgeGrowth(at =>
        {
            var factor = 1 + (at / Length);
            var (use, grown) = (Use(at, 1), Use(at, factor));
            return what switch
            {
                "descriptors" => use with { Descriptors = grown.Descriptors },
                "user memory" => use with { UserBytes = grown.UserBytes },
                "kernel memory" => use with { KernelBytes = grown.KernelBytes },
                "threads" => use with { Threads = grown.Threads },
                _ => use with { Latency = grown.Latency },
            };
        });

        Assert.Equal($"FAILED {GrowthRule.Grows}: 1 times", findings.Lines[0]);
        Assert.StartsWith($"       {what}: a median of ", Assert.Single(findings.Lines.Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_server_uses_while_it_is_disturbed_is_not_held_against_it()
    {
        Disturb("upstream dead", new Excuse(Lane.Dying, Lane.Dying, TimeSpan.Zero), from: 405, to: 460);
        JudgeGrowth(static at => Use(at, at.TotalSeconds is > 405 and < 462 ? 10 : 1));
        Assert.True(findings.IsEmpty, string.Join('\n', findings.Lines));
    }

    [Fact]
    public void A_run_without_a_calm_end_fails()
    {
        Disturb("upstream dead", new Excuse(Lane.Dying, Lane.Dying, TimeSpan.Zero), from: 395, to: 499);
        JudgeGrowth(static at => Use(at, 1));
        Assert.Equal("FAILED too few samples: 5 times", findings.Lines[0]);
    }

    [Fact]
    public void An_address_in_any_form_and_a_name_fail_the_run_wherever_they_stand()
    {
        Secrets.Judge("the log", "Heliograph 0.1.0\n  listening on 127.0.0.1:8443\nready\n7F530000 127.83.1.1 1\n", findings);
        Assert.True(findings.IsEmpty);

        foreach (var form in new[]
        {
            "127.83.19.7", "127-83-19-7", "7F531307", "0713537f", "7f:53:13:07", "2136150791", "WHISTLE-BLOWER-HAVEN-7319.example",
            "front-name-5571.example",
        })
        {
            var one = new Findings();
            Secrets.Judge("the state directory", $"a line\nwith {form} in it", one);
            Assert.Equal($"FAILED {Secrets.Written}: 1 times", one.Lines[0]);
        }
    }

    private void Disturb(string name, Excuse excuse, double from, double to) => windows.Open(name, excuse, Second(from)).Close(Second(to));

    private void JudgeGrowth(Func<TimeSpan, Sample> use) => GrowthRule.JudgeAll(
        [.. Enumerable.Range(0, (int)Length.TotalSeconds).Select(i => use(Second(i)))], Length, windows, findings);

    private static Sample Use(TimeSpan at, double factor) => new(
        at, "heliograph", "", (int)(300 * factor), (long)(80e6 * factor), (long)(60e6 * factor), (int)(40 * factor),
        new Latency(10, 800 * factor, 1500 * factor, 2000 * factor));

    private static Attempt Lost(Lane lane, double start, double end) => new(lane, Second(start), null, Second(end)) { Lost = "reset" };

    private static Attempt Waited(Lane lane, double start, double wait) =>
        new(lane, Second(start), Second(start + wait), Second(start + wait));

    private static TimeSpan Second(double seconds) => TimeSpan.FromSeconds(seconds);
}
