using Heliograph.Acme.Storage;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>What becomes of the account of a machine that orders alone, when the others change it meanwhile.</summary>
public sealed class AloneAccountTests : AloneScripts
{
    [Fact(Timeout = Bound.Test)]
    public async Task An_account_that_the_others_have_made_meanwhile_stays()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        Fleet.IsAway = true;
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewAloneAsync(force: true, Stop);
        Fleet.IsAway = false;
        Clock.Advance(TimeSpan.FromHours(1));
        await using var other = OpenOther(ca);
        await other.RenewNowAsync(force: true, Stop);
        var account = AccountStore.FileName(Options(ca).Directory);
        var writes = Fleet.Writes(account);

        await manager.RenewIfDueAsync(Stop);
        Assert.False(Directory.Exists(AloneDirectory));
        Assert.Equal(writes, Fleet.Writes(account));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_key_that_the_others_have_changed_meanwhile_stays()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderForAllAsync(ca);
        await using var manager = await ChangeContactAloneAsync(ca);
        var key = await RollKeyElsewhereAsync(ca);

        await manager.RenewIfDueAsync(Stop);
        Assert.False(Directory.Exists(AloneDirectory));
        Assert.Equal(key, SharedAccount(ca).KeyPem);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_mark_that_was_set_meanwhile_stays_until_the_key_is_changed()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderForAllAsync(ca);
        var key = SharedAccount(ca).KeyPem;
        await using var manager = await ChangeContactAloneAsync(ca);
        Fleet.Change(AccountStore.FileName(Options(ca).Directory), static document => Compromise.MarkAccount(document));

        await manager.RenewIfDueAsync(Stop);
        Assert.NotEqual(key, SharedAccount(ca).KeyPem);
        Assert.Equal((1, "new@heliograph.test", false),
            (ca.Count("key-change"), SharedAccount(ca).Email, SharedAccount(ca).Compromised));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_key_that_was_changed_alone_is_everybodys_only_once()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderForAllAsync(ca);
        Fleet.Change(AccountStore.FileName(Options(ca).Directory), static document => Compromise.MarkAccount(document));
        await OrderAloneAsync(ca);
        var file = Path.Combine(AloneDirectory, AccountStore.FileName(Options(ca).Directory));
        var alone = await File.ReadAllBytesAsync(file, Stop);
        Fleet.IsAway = false;
        await using (var manager = Open(Options(ca), shared: Fleet.Machine()))
            await manager.RenewIfDueAsync(Stop);
        Assert.Equal(StateOf(alone).KeyPem, SharedAccount(ca).KeyPem);
        Assert.Null(SharedAccount(ca).SharedKeyPem);
        var key = await RollKeyElsewhereAsync(ca);

        // As if the machine had ended just before it deleted the file.
        Directory.CreateDirectory(AloneDirectory);
        await File.WriteAllBytesAsync(file, alone, Stop);
        await using var again = Open(Options(ca), shared: Fleet.Machine());
        await again.RenewIfDueAsync(Stop);
        Assert.False(Directory.Exists(AloneDirectory));
        Assert.Equal(key, SharedAccount(ca).KeyPem);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_machine_that_orders_alone_again_uses_the_key_that_the_others_have_changed_meanwhile()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderForAllAsync(ca);
        await using var manager = await ChangeContactAloneAsync(ca);
        var key = await RollKeyElsewhereAsync(ca);

        Fleet.IsAway = true;
        Assert.True((await manager.RenewAloneAsync(force: true, Stop)).Renewed);
        var file = Path.Combine(AloneDirectory, AccountStore.FileName(Options(ca).Directory));
        Assert.Equal(key, StateOf(await File.ReadAllBytesAsync(file, Stop)).KeyPem);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Who_leaves_takes_the_account_as_the_others_have_changed_it_and_the_certificate_that_serves_best()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await OrderForAllAsync(ca);
        await using var manager = await ChangeContactAloneAsync(ca);
        var account = AccountStore.FileName(Options(ca).Directory);
        Fleet.Change(account, static document => Compromise.MarkAccount(document));
        var files = new AloneFiles(new PrivateDirectory(AloneDirectory, Clock, Log), Clock);

        var marked = StateOf(files.JoinAccount(account, Fleet.Read(account))!.Value.ToArray());
        Assert.Equal((true, "new@heliograph.test", null), (marked.Compromised, marked.Email, marked.SharedKeyPem));
        await using var other = OpenOther(ca);
        await other.RollOverAccountKeyAsync(Stop);
        Assert.Equal(SharedAccount(ca), StateOf(files.JoinAccount(account, Fleet.Read(account))!.Value.ToArray()));

        var shared = Fleet.Read(CertificateManager.CertificateDocument);
        Assert.Equal(manager.Current!.ChainPem, ChainOf(files.JoinCertificate(shared, [Name])));
        Assert.Equal(manager.Current.ChainPem, ChainOf(files.JoinCertificate(shared, [])));
        Assert.Equal(manager.Current.ChainPem, ChainOf(files.JoinCertificate(null, [Name, "new.heliograph.test"])));
        Assert.Equal(other.Current!.ChainPem, ChainOf(files.JoinCertificate(shared, ["new.heliograph.test"])));
    }
}
