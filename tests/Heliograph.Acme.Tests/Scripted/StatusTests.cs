using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>Orders, authorizations and challenges in the states that authorities other than Let's Encrypt leave them in.</summary>
public sealed class StatusTests : ScriptedTests
{
    private const string Reason = "got 404 from a stranger";

    [Theory]
    [InlineData("pending", "invalid")]
    [InlineData("processing", "invalid")]
    [InlineData("invalid", "invalid")]
    [InlineData("invalid", "pending")]
    [InlineData("deactivated", "pending")]
    [InlineData("expired", "processing")]
    [InlineData("revoked", "valid")]
    public async Task A_failed_validation_shows_the_authoritys_reason_and_the_next_type_is_tried_at_once(
        string authorization, string challenge)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.States["tls-alpn-01"] = new(authorization, challenge, ScriptedCa.Problem("unauthorized", Reason));
        await using var manager = Open(Options(ca));
        // The clock stands still: a poll after the first would wait for ever.
        await manager.RenewNowAsync(force: false, Stop).WaitAsync(Bound.Prompt * 2, Stop);

        Assert.Equal([Name], manager.Current!.Names);
        Assert.Equal(2, ca.Orders.Count);
        Assert.Contains($"tls-alpn-01 for {Name} failed", Log.All, StringComparison.Ordinal);
        Assert.Contains(Reason, Log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expired", "the authorization is expired")]
    [InlineData("deactivated", "the authorization is deactivated")]
    [InlineData("revoked", "the authorization is revoked")]
    [InlineData("invalid", "the authorization is invalid")]
    [InlineData("pending", "the challenge is invalid")]
    public async Task Without_a_reason_the_state_is_named(string authorization, string expected)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.States["tls-alpn-01"] = new(authorization, "invalid", Error: null);
        var error = await RenewFailsAsync(ca);
        Assert.Equal(AcmeFailure.NotProven, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_that_waits_with_an_error_is_answered_again_and_then_given_up_with_that_error()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.States["tls-alpn-01"] = new("pending", "pending", ScriptedCa.Problem("connection", Reason));
        var failing = RenewFailsAsync(ca);
        await PassTimeUntilAsync(failing);
        var error = await failing;
        Assert.Contains(Reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(3, ca.Count("challenge"));
        Assert.InRange(Clock.GetUtcNow() - Start, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_challenge_that_is_processed_for_ever_is_given_up_and_the_next_type_is_tried()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.States["tls-alpn-01"] = new("pending", "processing", Error: null);
        await using var manager = Open(Options(ca));
        var renewing = manager.RenewNowAsync(force: false, Stop);
        await PassTimeUntilAsync(renewing);
        await renewing;
        Assert.InRange(ca.Count("authorization"), 60, 65);
        Assert.Contains("did not finish the validation of proxy.heliograph.test within 4.6 minutes", Log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invalid")]
    [InlineData("expired")]
    public async Task An_authorization_that_is_dead_in_a_new_order_is_reported_with_its_reason(string status)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "authorization")
                return false;
            context.Response.Headers["Replay-Nonce"] = "next";
            await ScriptedCa.AnswerAsync(context, 200, "application/json", $$"""
                {"status": "{{status}}", "identifier": {"type": "dns", "value": "{{Name}}"}, "challenges": [
                  {"type": "tls-alpn-01", "url": "{{ca.Base}}/challenge/1-0-tls-alpn-01", "token": "short-token", "status": "invalid",
                   "error": {"type": "urn:ietf:params:acme:error:connection", "detail": "{{Reason}}"} } ]}
                """);
            return true;
        };
        var error = await RenewFailsAsync(ca);
        Assert.Contains(Reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, ca.Count("challenge"));
    }

    [Fact]
    public async Task A_challenge_that_failed_in_an_earlier_order_is_not_answered_in_an_authorization_that_is_used_again()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Reused["tls-alpn-01"] = ScriptedCa.Problem("connection", Reason);
        await using var manager = Open(Options(ca));
        await manager.RenewNowAsync(force: false, Stop);
        Assert.Single(ca.Orders);
        Assert.Equal(1, ca.Count("challenge"));

        ca.Reused["http-01"] = ScriptedCa.Problem("connection", "another reason");
        var error = await Assert.ThrowsAsync<AcmeException>(() => manager.RenewNowAsync(force: true, Stop));
        Assert.Contains(Reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_that_the_authority_refuses_to_take_leads_to_the_next_type()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "challenge" || !context.Request.Path.Value!.EndsWith("tls-alpn-01", StringComparison.Ordinal))
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 400, "malformed", "this type is out of order");
            return true;
        };
        await using var manager = Open(Options(ca));
        await manager.RenewNowAsync(force: false, Stop);
        Assert.Contains("this type is out of order", Log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "no certificates on Sundays")]
    [InlineData(false, "the order is invalid")]
    public async Task A_new_order_that_is_invalid_already_is_reported(bool hasReason, string expected)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var error = hasReason ? ",\"error\": " + ScriptedCa.Problem("rejectedIdentifier", expected).ToJsonString() : "";
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            context.Response.Headers["Replay-Nonce"] = "next";
            context.Response.Headers.Location = ca.Base + "/order-status/1";
            await ScriptedCa.AnswerAsync(
                context, 201, "application/json", $"{{\"status\": \"invalid\", \"authorizations\": []{error}}}");
            return true;
        };
        Assert.Contains(expected, (await RenewFailsAsync(ca)).Message, StringComparison.Ordinal);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact]
    public async Task An_order_that_is_not_ready_when_it_is_finalized_is_polled_and_finalized_again()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "finalize" || ca.Count("finalize") > 2)
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 403, "orderNotReady", "the order is pending");
            return true;
        };
        await using var manager = Open(Options(ca));
        var renewing = manager.RenewNowAsync(force: false, Stop);
        await PassTimeUntilAsync(renewing);
        Assert.True((await renewing).Renewed);
        Assert.Equal(3, ca.Count("finalize"));
        Assert.Single(ca.Orders);
    }

    [Fact]
    public async Task An_order_that_is_never_ready_ends_the_attempt_after_five_times()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "finalize")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 403, "orderNotReady", "the order is pending");
            return true;
        };
        var failing = RenewFailsAsync(ca);
        await PassTimeUntilAsync(failing);
        Assert.Contains("orderNotReady", (await failing).Message, StringComparison.Ordinal);
        Assert.Equal(5, ca.Count("finalize"));
    }

    [Theory]
    [InlineData("invalid")]
    [InlineData("expired")]
    public async Task An_order_that_dies_after_it_was_finalized_is_reported_with_its_validations_reason(string status)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part == "authorization" && ca.Count("finalize") > 0)
            {
                context.Response.Headers["Replay-Nonce"] = "next";
                await ScriptedCa.AnswerAsync(context, 200, "application/json", $$"""
                    {"status": "invalid", "identifier": {"type": "dns", "value": "{{Name}}"}, "challenges": [
                      {"type": "tls-alpn-01", "status": "invalid", "error": {{ScriptedCa.Problem("caa", Reason).ToJsonString()}} } ]}
                    """);
                return true;
            }
            if (part != "finalize")
                return false;
            ca.SetOrders(order => order["status"] = status);
            context.Response.Headers["Replay-Nonce"] = "next";
            await ScriptedCa.AnswerAsync(context, 200, "application/json", "{\"status\": \"processing\"}");
            return true;
        };
        var error = await RenewFailsAsync(ca);
        Assert.Contains(Reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("CAA", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_is_processed_for_ever_is_asked_for_once_more_and_then_replaced()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var stuck = true;
        ca.Script = async (part, context) =>
        {
            if (part != "finalize" || !stuck)
                return false;
            ca.SetOrders(static order => order["status"] = "processing");
            context.Response.Headers["Replay-Nonce"] = "next";
            await ScriptedCa.AnswerAsync(context, 200, "application/json", "{\"status\": \"processing\"}");
            return true;
        };
        var failing = RenewFailsAsync(ca);
        await PassTimeUntilAsync(failing);
        Assert.Contains(
            "did not finish the certificate within 4.6 minutes (its status is still 'processing')",
            (await failing).Message,
            StringComparison.Ordinal);
        Assert.Single(ca.Orders);

        stuck = false;
        await using var manager = Open(Options(ca));
        var renewing = manager.RenewNowAsync(force: false, Stop);
        await PassTimeUntilAsync(renewing);
        Assert.True((await renewing).Renewed);
        Assert.Equal(2, ca.Orders.Count);
    }

    [Theory]
    [InlineData("account")]
    [InlineData("order")]
    [InlineData("authorization")]
    [InlineData("challenge")]
    [InlineData("order-status")]
    [InlineData("finalize")]
    [InlineData("certificate")]
    [InlineData("revoke")]
    public async Task A_nonce_that_is_refused_costs_one_more_request_wherever_that_is(string where)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != where || ca.Count(part) > 1)
                return false;
            context.Response.StatusCode = 400;
            await ScriptedCa.AnswerAsync(
                context, 400, "application/problem+json", ScriptedCa.Problem("badNonce", "stale").ToJsonString());
            return true;
        };
        await using var manager = Open(Options(ca));
        Assert.True((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        await manager.RevokeAsync(RevocationReason.Unspecified, Stop);
        Assert.InRange(ca.Count(where), 2, 3);
        Assert.Single(ca.Orders);
    }

    private async Task<AcmeException> RenewFailsAsync(ScriptedCa ca)
    {
        await using var manager = Open(Options(ca) with { Challenges = [ChallengeTypes.TlsAlpn01] });
        return await Assert.ThrowsAsync<AcmeException>(
            () => manager.RenewNowAsync(force: false, Stop).WaitAsync(TimeSpan.FromSeconds(60), Stop));
    }

    /// <summary>The clock goes on whenever somebody waits for it.</summary>
    private async Task PassTimeUntilAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            var timer = Clock.NextTimerAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20));
            if (await Task.WhenAny(work, timer) == timer)
                Clock.Advance(await timer);
        }
    }
}
