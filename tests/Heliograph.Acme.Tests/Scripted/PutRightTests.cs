using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>After a failure: what an operator puts right is noticed, within the authority's limits.</summary>
public sealed class PutRightTests : ScriptedTests
{
    private static readonly IPAddress[] Here = [IPAddress.Parse("127.83.20.1")];
    private static readonly IPAddress[] Elsewhere = [IPAddress.Parse("127.83.20.2")];

    [Fact]
    public async Task A_changed_configuration_is_tried_at_once()
    {
        await using var ca = await FailingCaAsync();
        await LookAgainAsync(Options(ca));
        Assert.Equal(1, ca.Count("order"));

        await LookAgainAsync(Options(ca) with { Challenges = [ChallengeTypes.Http01] });
        Assert.Equal(2, ca.Count("order"));
        Assert.Contains("Since the last attempt failed, the configuration has changed", Log.All, StringComparison.Ordinal);
        await LookAgainAsync(Options(ca) with { Challenges = [ChallengeTypes.Http01] });
        Assert.Equal(2, ca.Count("order"));
    }

    [Fact]
    public async Task So_are_changed_domains()
    {
        await using var ca = await FailingCaAsync();
        await LookAgainAsync(Options(ca, Name, "more.heliograph.test"));
        Assert.Equal(2, ca.Count("order"));
    }

    [Fact]
    public async Task A_hook_that_was_edited_is_tried_at_once()
    {
        var hook = State.Write("hook", "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(hook, Start.UtcDateTime);
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var options = Options(ca) with { Challenges = [ChallengeTypes.Dns01], Dns = new() { Hook = hook, VisibleTimeout = TimeSpan.Zero } };
        Assert.Contains("exited with code 1", (await RestartAndLookAsync(options)).LastError, StringComparison.Ordinal);
        await File.WriteAllTextAsync(hook, "#!/bin/sh\nexit 0\n", Stop);
        await LookAgainAsync(options);
        Assert.Equal([Name], Assert.Single(Used).Names);
    }

    [Fact]
    public async Task A_name_that_resolves_now_is_tried_at_once_by_the_running_program_too()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Refusals["tls-alpn-01"] = ca.Refusals["http-01"] = ScriptedCa.Problem("dns", "NXDOMAIN");
        await using var manager = Open(Options(ca));
        await manager.RenewIfDueAsync(Stop);
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal(2, ca.Orders.Count);

        ca.Refusals.Clear();
        Dns[Name] = Here;
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal([Name], manager.Current!.Names);
        Assert.Contains($"{Name} resolves now", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_addresses_are_tried_at_once_and_the_same_in_another_order_are_not()
    {
        Dns[Name] = [.. Here, .. Elsewhere];
        await using var ca = await FailingCaAsync();
        Dns[Name] = [.. Elsewhere, .. Here];
        await LookAgainAsync(Options(ca));
        Assert.Equal(1, ca.Count("order"));
        Dns[Name] = Elsewhere;
        await LookAgainAsync(Options(ca));
        Assert.Equal(2, ca.Count("order"));
        Assert.Contains($"{Name} has other addresses now", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_stops_resolving_is_no_reason_to_ask()
    {
        Dns[Name] = Here;
        await using var ca = await FailingCaAsync();
        Dns.Clear();
        await LookAgainAsync(Options(ca));
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact]
    [Trait("Needs", "root")]
    public async Task A_port_that_can_be_reached_now_is_tried_at_once()
    {
        Dns[Name] = Here;
        await using var ca = await FailingCaAsync();
        using var listener = new TcpListener(Here[0], 443);
        listener.Start();
        await LookAgainAsync(Options(ca));
        Assert.Equal(2, ca.Count("order"));
        Assert.Contains($"port 443 of {Name} can be reached now", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_resolves_now_is_tried_at_once()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var options = Options(ca) with { Directory = "https://authority.heliograph.test:1/directory" };
        await RestartAndLookAsync(options);
        Dns["authority.heliograph.test"] = Here;
        await LookAgainAsync(options);
        Assert.Contains("authority.heliograph.test resolves now", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shutdown_while_it_looks_leaves_what_was_seen_before()
    {
        Dns[Name] = Here;
        await using var ca = await FailingCaAsync();
        // The first failure counts no longer.
        Clock.Advance(TimeSpan.FromMinutes(61));
        using var shutdown = new CancellationTokenSource();
        Asked = _ =>
        {
            shutdown.Cancel();
            return Task.FromCanceled(shutdown.Token);
        };
        await using (var manager = Open(Options(ca)))
            await manager.RenewIfDueAsync(shutdown.Token);
        Assert.Equal(2, ca.Count("order"));

        Asked = null;
        await LookAgainAsync(Options(ca));
        Assert.Equal(2, ca.Count("order"));
        Assert.DoesNotContain("resolves now", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_the_certificate_is_not_looked_up_in_dns()
    {
        var asked = new ConcurrentQueue<string>();
        Asked = host =>
        {
            asked.Enqueue(host);
            return Task.CompletedTask;
        };
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Refusals["tls-alpn-01"] = ca.Refusals["http-01"] = ScriptedCa.Problem("connection", "no");
        await RestartAndLookAsync(Options(ca, Name, "127.83.20.9"));
        Assert.Contains(Name, asked);
        Assert.DoesNotContain("127.83.20.9", asked);
    }

    [Fact]
    public async Task A_hundred_names_are_looked_at_sixteen_at_a_time()
    {
        var now = 0;
        var counts = new ConcurrentBag<int>();
        var full = new TaskCompletionSource();
        Asked = async _ =>
        {
            var here = Interlocked.Increment(ref now);
            counts.Add(here);
            if (here == 16)
                full.TrySetResult();
            // Nobody leaves before there are sixteen.
            await full.Task.WaitAsync(Bound.Prompt, TimeProvider.System, Stop);
            await Task.Yield();
            Interlocked.Decrement(ref now);
        };
        await using var ca = await FailingCaAsync([.. Enumerable.Range(0, 100).Select(static i => $"name{i}.heliograph.test")]);
        Assert.Equal(16, counts.Max());
    }

    [Fact]
    public async Task However_often_something_changes_no_more_than_five_validations_fail_in_an_hour()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Refusals["tls-alpn-01"] = ca.Refusals["http-01"] = ScriptedCa.Problem("connection", "no");
        for (var minute = 0; minute < 60; minute++)
        {
            Dns[Name] = minute % 2 == 0 ? Here : Elsewhere;
            await RestartAndLookAsync(Options(ca));
            // Sooner than the back-off's first wait of half a minute or more.
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(4, ca.Count("challenge"));
    }

    [Fact]
    public async Task Trials_have_a_limit_of_their_own_and_the_authority_is_not_asked()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var staging = await ScriptedCa.StartAsync(Clock);
        foreach (var one in new[] { ca, staging })
            one.Refusals["tls-alpn-01"] = one.Refusals["http-01"] = ScriptedCa.Problem("connection", "no");
        var roots = State.Write(
            "roots.pem", $"{await File.ReadAllTextAsync(ca.CaRootFile, Stop)}\n{await File.ReadAllTextAsync(staging.CaRootFile, Stop)}\n");
        var options = Options(ca) with { StagingDirectory = staging.DirectoryUrl, CaRoot = roots };
        for (var second = 0; second < 60; second++)
        {
            Dns[Name] = second % 2 == 0 ? Here : Elsewhere;
            await RestartAndLookAsync(options);
            Clock.Advance(TimeSpan.FromMilliseconds(400));
        }
        Assert.Equal(2, ca.Count("challenge"));
        Assert.Equal(10, staging.Count("challenge"));
    }

    [Fact]
    public async Task A_rate_limit_is_kept_whatever_changes_and_the_log_does_not_name_a_command_that_would_be_refused()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "too many", "7200");
            return true;
        };
        var description = await RestartAndLookAsync(Options(ca));
        Assert.Equal(Start.AddHours(2), description.LimitedUntil);
        Dns[Name] = Here;
        await LookAgainAsync(Options(ca) with { Challenges = [ChallengeTypes.Http01] });
        Assert.Equal(1, ca.Count("order"));
        Assert.DoesNotContain("heliograph certificate renew", Log.All, StringComparison.Ordinal);
        Assert.Contains("the authority accepts none before then", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rate_limit_that_ends_before_the_next_attempt_is_told_with_the_command_that_works_from_then_on()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "too many", "5");
            return true;
        };
        var description = await RestartAndLookAsync(Options(ca));
        Assert.True(description.NextRenewal > Start.AddSeconds(5));
        var outlook =
            $"The next attempt is at {description.NextRenewal:u}; the authority accepts none before {Start.AddSeconds(5):u}, and from " +
            "then on you can ask with: heliograph certificate renew";
        Assert.EndsWith(outlook, Log.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(outlook, description.Outlook);
    }

    [Fact]
    public async Task The_log_names_the_command_that_asks_at_once()
    {
        await using var ca = await FailingCaAsync();
        Assert.Contains("once the cause is gone, ask at once with: heliograph certificate renew", Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_from_a_time_when_the_clock_was_a_year_ahead_postpones_nothing()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock, Start.AddDays(-10), Start.AddDays(20));
        Clock.Jump(Start.AddDays(365));
        Assert.Contains("clock", (await RestartAndLookAsync(Options(ca))).LastError, StringComparison.Ordinal);
        Clock.Jump(Start.AddMinutes(1));
        await RestartAndLookAsync(Options(ca));
        Assert.Equal([Name], Assert.Single(Used).Names);
    }

    [Fact]
    public async Task So_does_a_rate_limit_from_that_time()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order" || ca.Count("order") > 1)
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "too many", "7200");
            return true;
        };
        Clock.Jump(Start.AddDays(365));
        await RestartAndLookAsync(Options(ca));
        Clock.Jump(Start);
        await RestartAndLookAsync(Options(ca));
        Assert.Single(Used);
    }

    /// <summary>An authority that has just refused the first order.</summary>
    private async Task<ScriptedCa> FailingCaAsync(params string[] domains)
    {
        var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 403, "rejectedIdentifier", "no");
            return true;
        };
        await RestartAndLookAsync(Options(ca, domains));
        Assert.Equal(1, ca.Count("order"));
        return ca;
    }

    /// <summary>A restart a second later, long before the back-off's end.</summary>
    private async Task LookAgainAsync(AcmeOptions options)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        await RestartAndLookAsync(options);
    }
}
