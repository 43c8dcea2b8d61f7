using Heliograph.Acme.Storage;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>An account whose key somebody else has, at an authority that does not change it.</summary>
public sealed class CompromisedAccountTests : ScriptedTests
{
    private int attempts;
    private bool isHealed;

    [Fact(Timeout = Bound.Test)]
    public async Task Its_key_is_tried_again_after_pauses_that_grow_also_across_restarts_and_at_once_if_somebody_asks()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            attempts += part == "key-change" ? 1 : 0;
            if (part != "key-change" || isHealed)
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "not now");
            return true;
        };
        var options = Options(ca);
        await RestartAndLookAsync(options);
        var path = Directory.GetFiles(State["acme"], "account-*.json").Single();
        await File.WriteAllBytesAsync(path, Compromise.MarkAccount(await File.ReadAllBytesAsync(path, Stop)), Stop);

        await AssertTriedAsync(options, isTried: true, after: TimeSpan.Zero);
        await AssertTriedAsync(options, isTried: false, after: TimeSpan.Zero);
        // 1 minute, 10, 100, each by half more or less.
        await AssertTriedAsync(options, isTried: true, after: TimeSpan.FromMinutes(1.6));
        await AssertTriedAsync(options, isTried: false, after: TimeSpan.FromMinutes(4));
        await AssertTriedAsync(options, isTried: true, after: TimeSpan.FromMinutes(12));
        await AssertTriedAsync(options, isTried: false, after: TimeSpan.FromMinutes(40));
        await AssertTriedAsync(options, isTried: true, after: TimeSpan.FromMinutes(120));

        isHealed = true;
        await using var manager = Open(options);
        await manager.RenewNowAsync(force: false, Stop);
        Assert.False(Compromise.IsMarked(await File.ReadAllBytesAsync(path, Stop)));
        Assert.Equal(1, ca.Count("order"));
    }

    private async Task AssertTriedAsync(AcmeOptions options, bool isTried, TimeSpan after)
    {
        Clock.Advance(after);
        var before = attempts;
        await RestartAndLookAsync(options);
        Assert.Equal(isTried, attempts > before);
    }
}
