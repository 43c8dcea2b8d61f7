using Heliograph.Acme.Storage;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>A machine that orders alone, because what it shares with others cannot be asked, and what becomes of its certificate.</summary>
public sealed class AloneTests : AloneScripts
{
    [Fact(Timeout = Bound.Test)]
    public async Task While_nothing_can_be_shared_a_machine_orders_alone_if_it_is_told_to_and_all_have_that_certificate_later()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await using var other = OpenOther(ca);
        await manager.RenewIfDueAsync(Stop);
        await other.ReloadAsync(Stop);
        Fleet.IsAway = true;
        var refused = await Assert.ThrowsAsync<AcmeException>(() => manager.RenewNowAsync(force: true, Stop));
        Assert.Equal(AcmeFailure.Away, refused.Failure);
        Assert.EndsWith(
            "the fake fleet is away If it cannot wait, order for this machine alone: heliograph certificate renew --alone",
            refused.Message,
            StringComparison.Ordinal);
        var early = await manager.RenewAloneAsync(force: false, Stop);
        Assert.False(early.Renewed);
        Assert.Equal(1, ca.Count("order"));

        Clock.Advance(TimeSpan.FromDays(1));
        var outcome = await manager.RenewAloneAsync(force: true, Stop);
        Assert.True(outcome.Renewed);
        Assert.StartsWith($"New certificate, on this machine only: {Name}, by ", outcome.Message, StringComparison.Ordinal);
        var lone = Used[^1].SerialNumber;
        Assert.Equal((lone, true), (manager.Current!.SerialNumber, manager.Describe().Alone));
        await other.ReloadAsync(Stop);
        Assert.NotEqual(lone, other.Current!.SerialNumber);
        // It is not due any more, and nothing is ordered by itself.
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal(2, ca.Count("order"));

        Fleet.IsAway = false;
        await manager.RenewIfDueAsync(Stop);
        await other.ReloadAsync(Stop);
        Assert.Equal(lone, UsedByOther[^1].SerialNumber);
        Assert.Equal((lone, false), (manager.Current!.SerialNumber, manager.Describe().Alone));
        Assert.Equal(2, ca.Count("order"));
        Assert.False(Directory.Exists(AloneDirectory));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task It_serves_its_certificate_after_a_restart_too_and_shares_it_although_the_others_have_written_since()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using (var manager = Open(Options(ca), shared: Fleet.Machine()))
            await manager.RenewIfDueAsync(Stop);
        await OrderAloneAsync(ca);
        var lone = Used[^1].SerialNumber;
        Fleet.Touch(CertificateManager.CertificateDocument);
        Used.Clear();

        await using var again = Open(Options(ca), shared: Fleet.Machine());
        Assert.Equal(lone, Used[^1].SerialNumber);
        await again.RenewIfDueAsync(Stop);
        Assert.True(again.Describe().Alone);
        Fleet.IsAway = false;
        await again.RenewIfDueAsync(Stop);
        await using var other = OpenOther(ca);
        Assert.Equal((lone, lone), (again.Current!.SerialNumber, other.Current!.SerialNumber));
        Assert.Equal(2, ca.Count("order"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_that_the_others_have_ordered_meanwhile_and_that_is_valid_for_longer_takes_the_place_of_the_lone_one()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderAloneAsync(ca);
        Fleet.IsAway = false;
        Clock.Advance(TimeSpan.FromHours(1));
        await using var other = OpenOther(ca);
        await other.RenewNowAsync(force: true, Stop);
        // It asks for the authority's suggestion, and stores that.
        await other.RenewIfDueAsync(Stop);
        var newest = other.Current!.SerialNumber;
        var writes = Fleet.Writes(CertificateManager.CertificateDocument);

        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal((newest, false), (manager.Current!.SerialNumber, manager.Describe().Alone));
        Assert.Equal(newest, Used[^1].SerialNumber);
        Assert.Equal(writes, Fleet.Writes(CertificateManager.CertificateDocument));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Of_two_machines_that_ordered_alone_all_have_the_certificate_that_is_valid_for_longest()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderAloneAsync(ca);
        await using var other = OpenOther(ca);
        await other.RenewAloneAsync(force: true, Stop);
        var longest = other.Current!.SerialNumber;
        Fleet.IsAway = false;
        await other.RenewIfDueAsync(Stop);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        await other.ReloadAsync(Stop);
        Assert.Equal((longest, longest), (manager.Current!.SerialNumber, other.Current!.SerialNumber));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_failed_attempt_says_what_the_authority_said_and_leaves_everything_as_it_was()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        var serial = manager.Current!.SerialNumber;
        Fleet.IsAway = true;
        foreach (var type in new[] { "http-01", "tls-alpn-01" })
            ca.Refusals[type] = ScriptedCa.Problem("unauthorized", "another machine answered");
        var failure = await Assert.ThrowsAsync<AcmeException>(() => manager.RenewAloneAsync(force: true, Stop));
        Assert.Contains("another machine answered", failure.Message, StringComparison.Ordinal);
        Assert.Contains("The other machines do not answer for this one now: use dns-01", failure.Message, StringComparison.Ordinal);
        Assert.Equal((serial, false), (manager.Current!.SerialNumber, manager.Describe().Alone));

        // What the attempt has left is of no use any more.
        Fleet.IsAway = false;
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal((serial, false), (manager.Current!.SerialNumber, manager.Describe().Alone));
        Assert.False(Directory.Exists(AloneDirectory));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_revoked_certificate_stays_revoked_for_all_over_a_restart_and_an_attempt_alone_that_fails()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using (var manager = Open(Options(ca), shared: Fleet.Machine()))
        {
            await manager.RenewIfDueAsync(Stop);
            await manager.RevokeAsync(RevocationReason.KeyCompromise, Stop);
        }
        ca.Refusals["http-01"] = ca.Refusals["tls-alpn-01"] = ScriptedCa.Problem("unauthorized", "another machine answered");

        await using var again = Open(Options(ca), shared: Fleet.Machine());
        Assert.Equal((true, false), (again.Describe().Revoked, again.Describe().Alone));
        Fleet.IsAway = true;
        await Assert.ThrowsAsync<AcmeException>(() => again.RenewAloneAsync(force: true, Stop));
        Assert.Equal((true, false), (again.Describe().Revoked, again.Describe().Alone));

        Fleet.IsAway = false;
        ca.Refusals.Clear();
        await again.RenewIfDueAsync(Stop);
        await using var other = OpenOther(ca);
        Assert.False(other.Describe().Revoked);
        Assert.Equal((again.Current!.SerialNumber, 2), (other.Current!.SerialNumber, ca.Count("certificate")));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_is_compromised_is_left_to_all_and_an_account_that_got_another_key_alone_is_everybodys()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        await using var other = OpenOther(ca);
        Fleet.Change(CertificateManager.CertificateDocument, document => Compromise.MarkCertificate(document, Clock.GetUtcNow()));
        Fleet.Change(AccountStore.FileName(Options(ca).Directory), static document => Compromise.MarkAccount(document));
        await manager.ReloadAsync(Stop);
        Fleet.IsAway = true;

        Assert.True((await manager.RenewAloneAsync(force: true, Stop)).Renewed);
        // The others serve the old one, and cannot replace it.
        Assert.Equal((0, 1), (ca.Count("revoke"), ca.Count("key-change")));

        Fleet.IsAway = false;
        await manager.RenewIfDueAsync(Stop);
        Assert.Equal((1, 1), (ca.Count("revoke"), ca.Count("key-change")));
        Clock.Advance(TimeSpan.FromDays(1));
        await other.RenewNowAsync(force: true, Stop);
        Assert.Equal(1, ca.Count("account"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_that_the_operator_orders_alone_is_served_although_the_one_of_all_is_valid_for_longer()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        var serial = manager.Current!.SerialNumber;
        Fleet.IsAway = true;
        // At the same instant: as valid as the one of all.
        Assert.StartsWith(
            "New certificate, on this machine only", (await manager.RenewAloneAsync(force: true, Stop)).Message, StringComparison.Ordinal);
        Assert.NotEqual(serial, manager.Current!.SerialNumber);
        Assert.True(manager.Describe().Alone);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task While_the_others_can_be_asked_it_orders_as_always_and_a_machine_of_no_fleet_is_told_that_it_orders_alone_anyway()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await using var other = OpenOther(ca);
        Assert.StartsWith("New certificate: ", (await manager.RenewAloneAsync(force: false, Stop)).Message, StringComparison.Ordinal);
        await other.ReloadAsync(Stop);
        Assert.Equal(manager.Current!.SerialNumber, other.Current!.SerialNumber);

        await using var single = Open(Options(ca) with { StateDirectory = State["single"] });
        var refused = await Assert.ThrowsAsync<AcmeException>(() => single.RenewAloneAsync(force: true, Stop));
        Assert.Equal("This machine is in no fleet, so it orders alone anyway: --alone is not needed, leave it out.", refused.Message);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_certificate_that_could_not_be_shared_once_it_was_there_is_served_after_a_restart_and_shared_then()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = (part, _) =>
        {
            Fleet.IsAway |= part == "certificate";
            return Task.FromResult(false);
        };
        await using (var manager = Open(Options(ca), shared: Fleet.Machine()))
            await manager.RenewIfDueAsync(Stop);
        var serial = Assert.Single(Used).SerialNumber;

        await using var again = Open(Options(ca), shared: Fleet.Machine());
        Assert.Equal(serial, again.Current!.SerialNumber);
        Fleet.IsAway = false;
        await again.RenewIfDueAsync(Stop);
        await using var other = OpenOther(ca);
        Assert.Equal(serial, other.Current!.SerialNumber);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_could_not_be_shared_once_it_was_there_is_reported_as_renewed_with_alone_too()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = (part, _) =>
        {
            Fleet.IsAway |= part == "certificate";
            return Task.FromResult(false);
        };
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        var outcome = await manager.RenewAloneAsync(force: true, Stop);
        Assert.True(outcome.Renewed);
        Assert.StartsWith("New certificate, on this machine only: ", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_a_machine_that_sleeps_orders_alone_is_shared_within_half_a_minute_of_the_others_return()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        manager.Start();
        await Clock.WaitForTimerAsync(TimeSpan.FromMinutes(10), Bound.Prompt);
        Clock.Advance(TimeSpan.FromMinutes(5));
        Fleet.IsAway = true;
        await manager.RenewAloneAsync(force: true, Stop);
        var shared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Fleet.Writing = _ => shared.TrySetResult();

        await Clock.NextTimerAsync(TimeSpan.FromSeconds(30), Bound.Prompt);
        Fleet.IsAway = false;
        Clock.Advance(TimeSpan.FromSeconds(30));
        await shared.Task.WaitAsync(Bound.Prompt, Stop);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task If_all_have_one_that_has_expired_one_for_some_of_the_names_is_served_and_shared_instead()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using (var manager = Open(Options(ca), shared: Fleet.Machine()))
            await manager.RenewIfDueAsync(Stop);
        Clock.Advance(TimeSpan.FromDays(60));
        await OrderAloneAsync(ca);
        var lone = Used[^1].SerialNumber;
        Clock.Advance(TimeSpan.FromDays(60));
        // Nothing is ordered for the new name yet.
        ca.Refusals["http-01"] = ca.Refusals["tls-alpn-01"] = ScriptedCa.Problem("unauthorized", "no such name");

        await using var again = Open(Options(ca, Name, "new.heliograph.test"), shared: Fleet.Machine());
        Assert.Equal((lone, true), (again.Current!.SerialNumber, again.Describe().Alone));
        Fleet.IsAway = false;
        await again.RenewIfDueAsync(Stop);
        await using var other = Open(
            Options(ca, Name, "new.heliograph.test") with { StateDirectory = State["other"] }, shared: Fleet.Machine());
        Assert.Equal((lone, lone), (again.Current!.SerialNumber, other.Current!.SerialNumber));
        Assert.Equal("domains has changed; a failure or a rate limit delays it until then", other.Describe().NextRenewalReason);
    }
}
