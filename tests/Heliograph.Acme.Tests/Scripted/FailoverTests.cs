namespace Heliograph.Acme.Tests.Scripted;

/// <summary>The staging directory after a refusal, and the second authority when the first one stays unreachable.</summary>
public sealed class FailoverTests : ScriptedTests
{
    [Fact]
    public async Task After_a_refusal_staging_is_tried_before_the_real_one_is_asked_again()
    {
        await using var real = await ScriptedCa.StartAsync(Clock);
        await using var staging = await ScriptedCa.StartAsync(Clock);
        var options = await WithStagingAsync(real, staging);
        real.Refusals["tls-alpn-01"] = ScriptedCa.Problem("connection", "closed");
        staging.Refusals["tls-alpn-01"] = ScriptedCa.Problem("connection", "closed");

        var description = await RestartAndLookAsync(options);
        Assert.Equal((1, 0), (real.Orders.Count, staging.Orders.Count));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
            description = await RestartAndLookAsync(options);
        }
        Assert.Equal((1, 3), (real.Orders.Count, staging.Orders.Count));
        Assert.Contains("trial at the staging directory", description.LastError, StringComparison.Ordinal);

        // The port is open now: staging sees it first, and its certificate is not used.
        real.Refusals.Clear();
        staging.Refusals.Clear();
        Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
        await RestartAndLookAsync(options);
        Assert.Equal((2, 4), (real.Orders.Count, staging.Orders.Count));
        Assert.Equal(real.DirectoryUrl, Assert.Single(Used).Directory);
    }

    [Fact]
    public async Task A_staging_directory_that_is_down_does_not_block_renewal()
    {
        await using var real = await ScriptedCa.StartAsync(Clock);
        var staging = await ScriptedCa.StartAsync(Clock);
        var options = await WithStagingAsync(real, staging);
        await staging.DisposeAsync();
        real.Refusals["tls-alpn-01"] = ScriptedCa.Problem("connection", "closed");
        var description = await RestartAndLookAsync(options);
        real.Refusals.Clear();
        Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
        await RestartAndLookAsync(options);
        Assert.Single(Used);
    }

    [Fact]
    public async Task A_staging_directory_that_requires_another_account_does_not_block_renewal()
    {
        await using var real = await ScriptedCa.StartAsync(Clock);
        await using var staging = await ScriptedCa.StartAsync(Clock);
        var options = await WithStagingAsync(real, staging);
        staging.Script = async (part, context) =>
        {
            if (part != "account")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 401, "unauthorized", "unknown external account");
            return true;
        };
        real.Refusals["tls-alpn-01"] = ScriptedCa.Problem("connection", "closed");
        var description = await RestartAndLookAsync(options);
        real.Refusals.Clear();
        Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
        await RestartAndLookAsync(options);
        Assert.Equal(1, staging.Count("account"));
        Assert.Single(Used);
    }

    [Fact]
    public async Task An_authority_that_was_only_down_needs_no_trial()
    {
        await using var real = await ScriptedCa.StartAsync(Clock);
        await using var staging = await ScriptedCa.StartAsync(Clock);
        var options = await WithStagingAsync(real, staging);
        real.Script = Down;
        var description = await RestartAndLookAsync(options);
        real.Script = (_, _) => Task.FromResult(false);
        Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
        await RestartAndLookAsync(options);
        Assert.Single(Used);
        Assert.Empty(staging.Requests);
    }

    [Fact]
    public async Task The_second_authority_takes_over_with_its_own_account_and_binding()
    {
        await using var first = await ScriptedCa.StartAsync(Clock);
        await using var second = await ScriptedCa.StartAsync(Clock);
        first.Script = Down;
        var options = Options(first) with
        {
            Failover = new IssuerOptions
            {
                Directory = second.DirectoryUrl,
                CaRoot = second.CaRootFile,
                Eab = new EabOptions { KeyId = "mine", HmacKey = "AAAA" },
            },
        };
        var description = await RestartAndLookAsync(options);
        Assert.Empty(second.Requests);
        Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
        await RestartAndLookAsync(options);

        Assert.Equal(second.DirectoryUrl, Assert.Single(Used).Directory);
        Assert.True(Assert.Single(second.Accounts).TryGetProperty("externalAccountBinding", out _));
        Assert.Equal(2, first.Count("directory"));
    }

    [Fact]
    public async Task A_valid_certificate_waits_for_the_first_authority_for_a_while()
    {
        await using var first = await ScriptedCa.StartAsync(Clock);
        await using var second = await ScriptedCa.StartAsync(Clock);
        first.HasRenewalInfo = false;
        var options = Options(first) with { Failover = new IssuerOptions { Directory = second.DirectoryUrl, CaRoot = second.CaRootFile } };
        await RestartAndLookAsync(options);
        first.Script = Down;
        Clock.Advance((await RestartAndLookAsync(options)).NextRenewal - Clock.GetUtcNow());
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var next = (await RestartAndLookAsync(options)).NextRenewal;
            Assert.Empty(second.Requests);
            Clock.Advance(next - Clock.GetUtcNow());
        }
        await RestartAndLookAsync(options);
        Assert.Equal(second.DirectoryUrl, Used[^1].Directory);
    }

    [Fact]
    public async Task A_rate_limited_first_authority_hands_over_at_once()
    {
        await using var first = await ScriptedCa.StartAsync(Clock);
        await using var second = await ScriptedCa.StartAsync(Clock);
        first.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 429, "rateLimited", "a week", "604800");
            return true;
        };
        var options = Options(first) with { Failover = new IssuerOptions { Directory = second.DirectoryUrl, CaRoot = second.CaRootFile } };
        var description = await RestartAndLookAsync(options);
        Clock.Advance(description.NextRenewal - Clock.GetUtcNow());
        await RestartAndLookAsync(options);
        Assert.Equal(second.DirectoryUrl, Assert.Single(Used).Directory);
        Assert.Equal(1, first.Count("order"));
    }

    /// <summary>Both behind one root file, as an authority and its staging are behind the system's.</summary>
    private async Task<AcmeOptions> WithStagingAsync(ScriptedCa real, ScriptedCa staging)
    {
        var roots = State.Write(
            "roots.pem", await File.ReadAllTextAsync(real.CaRootFile, Stop) + "\n" + await File.ReadAllTextAsync(staging.CaRootFile, Stop));
        return Options(real) with { StagingDirectory = staging.DirectoryUrl, CaRoot = roots, Challenges = [ChallengeTypes.TlsAlpn01] };
    }

    private static async Task<bool> Down(string part, Microsoft.AspNetCore.Http.HttpContext context)
    {
        await ScriptedCa.AnswerAsync(context, 503, "text/html", "<html>down");
        return true;
    }
}
