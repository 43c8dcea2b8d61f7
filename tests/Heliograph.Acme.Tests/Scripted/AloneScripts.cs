using System.Text.Json;
using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>A machine whose fleet can go away, and what it does alone.</summary>
public abstract class AloneScripts : ScriptedTests
{
    private protected FakeFleet Fleet { get; } = new();

    private protected List<IssuedCertificate> UsedByOther { get; } = [];

    private protected string AloneDirectory => Path.Combine(State.Path, "acme", "alone");

    private protected static string? ChainOf(ReadOnlyMemory<byte>? document) =>
        JsonSerializer.Deserialize(document!.Value.Span, StateJson.Default.CertificateState)!.ChainPem;

    private protected AccountState SharedAccount(ScriptedCa ca) => StateOf(Fleet.Read(AccountStore.FileName(Options(ca).Directory)));

    private protected static AccountState StateOf(byte[] document) => JsonSerializer.Deserialize(document, StateJson.Default.AccountState)!;

    /// <summary>The machine orders with the others, and stops.</summary>
    private protected async Task OrderForAllAsync(ScriptedCa ca)
    {
        await using var manager = Open(Options(ca), shared: Fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
    }

    /// <summary>The account is changed alone, and afterwards the others can be asked again.</summary>
    private protected async Task<CertificateManager> ChangeContactAloneAsync(ScriptedCa ca)
    {
        var manager = Open(Options(ca) with { Email = "new@heliograph.test" }, shared: Fleet.Machine());
        Fleet.IsAway = true;
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.True((await manager.RenewAloneAsync(force: true, Stop)).Renewed);
        Fleet.IsAway = false;
        return manager;
    }

    /// <returns>The new key of all.</returns>
    private protected async Task<string> RollKeyElsewhereAsync(ScriptedCa ca)
    {
        await using var other = OpenOther(ca);
        await other.RollOverAccountKeyAsync(Stop);
        return SharedAccount(ca).KeyPem;
    }

    /// <summary>A day later; and then the machine stops.</summary>
    private protected async Task OrderAloneAsync(ScriptedCa ca)
    {
        Fleet.IsAway = true;
        Clock.Advance(TimeSpan.FromDays(1));
        await using (var manager = Open(Options(ca), shared: Fleet.Machine()))
            Assert.True((await manager.RenewAloneAsync(force: true, Stop)).Renewed);
        Clock.Advance(TimeSpan.FromHours(1));
    }

    /// <summary>Another machine, with a state directory of its own.</summary>
    private protected CertificateManager OpenOther(ScriptedCa ca) =>
        Open(Options(ca) with { StateDirectory = State["other"] }, shared: Fleet.Machine(), use: UsedByOther.Add);
}
