using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>Each mistake, on either side, gives one clear line, and none makes the client ask more than a few times.</summary>
public sealed class RefusalTests : ScriptedTests
{
    [Theory]
    [InlineData(200, "text/html", "<html>It works!</html>", "it is a web page")]
    [InlineData(404, "text/plain", "not here", "HTTP 404")]
    [InlineData(200, "application/json", "{\"newNonce\": \"https://127.0.0.1/nonce\"}", "no 'newAccount' address")]
    [InlineData(200, "application/json", "{\"newNonce\": \"http://127.0.0.1/nonce\"}", "no 'newNonce' address")]
    [InlineData(200, "application/json", "[1, 2", "not ACME")]
    [InlineData(200, "application/json", "null", "not ACME")]
    [InlineData(301, "text/plain", "", "it redirects to")]
    public async Task A_directory_that_is_none_is_told_from_one(int status, string type, string body, string expected)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (_, context) =>
        {
            context.Response.Headers.Location = "https://elsewhere.example/directory";
            await ScriptedCa.AnswerAsync(context, status, type, body);
            return true;
        };
        var error = await RenewAsync(Options(ca));

        Assert.Equal(AcmeFailure.NotAcme, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(1, ca.Requests.Values.Sum());
    }

    [Theory]
    [InlineData(100_000_000L)]
    [InlineData(null)]
    public async Task A_hundred_megabytes_are_not_read(long? announced)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var leftAlone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ca.Script = async (_, context) =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = announced;
            // Two megabytes; by then the client has hung up, or waits for the rest until its timeout.
            await context.Response.Body.WriteAsync(new byte[2 * 1024 * 1024]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => leftAlone.SetResult(), TaskScheduler.Default);
            return true;
        };
        var error = await RenewAsync(Options(ca));
        Assert.Contains("more than 1024 KB", error.Message, StringComparison.Ordinal);
        await leftAlone.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        Assert.Equal(1, ca.Requests.Values.Sum());
    }

    [Fact]
    public async Task An_authority_that_hangs_is_not_asked_again()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "nonce")
                return false;
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var error = await RenewAsync(Options(ca) with { RequestTimeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal(AcmeFailure.Unreachable, error.Failure);
        Assert.Contains("did not answer within 0.5 seconds", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, ca.Count("nonce"));
    }

    [Fact]
    public async Task An_internal_error_of_the_authority_is_reported_as_such()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = Answering("order", 500, "text/html", "<html>oops");
        var error = await RenewAsync(Options(ca));
        Assert.Equal(AcmeFailure.Unreachable, error.Failure);
        Assert.Contains("HTTP 500", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, ca.Count("order"));
    }

    [Fact]
    public async Task Nonces_that_are_never_accepted_end_the_attempt()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 400, "badNonce", "stale");
            return true;
        };
        await RenewAsync(Options(ca));
        Assert.Equal(40, ca.Count("order"));
    }

    [Theory]
    [InlineData("connection", "timeout during connect", "Open port 443 to the whole internet")]
    [InlineData("dns", "NXDOMAIN looking up A", "Create an A or AAAA record")]
    [InlineData("unauthorized", "incorrect validation certificate", "points to this machine")]
    [InlineData("tls", "no protocol", "Something in front of this machine terminates TLS")]
    [InlineData("caa", "CAA record prevents issuance", "CAA 0 issue \"authority.example\"")]
    public async Task A_failed_validation_says_what_to_do(string kind, string detail, string expected)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Meta = new JsonObject { ["caaIdentities"] = new JsonArray("authority.example") };
        ca.Refusals["tls-alpn-01"] = ScriptedCa.Problem(kind, detail);
        var error = await RenewAsync(Options(ca) with { Challenges = [ChallengeTypes.TlsAlpn01] });

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(detail, error.Message, StringComparison.Ordinal);
        Assert.Contains(Name, error.Message, StringComparison.Ordinal);
        Assert.Single(ca.Orders);
    }

    [Fact]
    public async Task Tokens_and_control_characters_in_an_explanation_stay_out_of_the_log()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Refusals["tls-alpn-01"] = ScriptedCa.Problem(
            "unauthorized", "expected short-token.thumb\u001b[31m but\ngot AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        var error = await RenewAsync(Options(ca) with { Challenges = [ChallengeTypes.TlsAlpn01] });
        Assert.DoesNotContain("short-token", Log.All + error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAAAAAA", Log.All + error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", Log.All + error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subproblems_are_reported_with_their_names()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            context.Response.Headers["Replay-Nonce"] = "next";
            await ScriptedCa.AnswerAsync(context, 403, "application/problem+json", """
                {"type": "urn:ietf:params:acme:error:rejectedIdentifier", "detail": "two names", "subproblems": [
                  {"type": "urn:ietf:params:acme:error:rejectedIdentifier", "detail": "forbidden by policy",
                   "identifier": {"type": "dns", "value": "bad.example"}}]}
                """);
            return true;
        };
        Assert.Contains("bad.example: forbidden by policy", (await RenewAsync(Options(ca))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_a_year_ahead_is_named_with_the_difference_though_TLS_fails()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock, Start.AddDays(-10), Start.AddDays(20));
        ca.Script = (_, context) =>
        {
            context.Response.Headers.Date = Start.ToString("R");
            return Task.FromResult(false);
        };
        Clock.Jump(Start.AddDays(365));
        var error = await RenewAsync(Options(ca));

        Assert.Equal(AcmeFailure.Clock, error.Failure);
        Assert.Contains("365 days ahead of the authority's clock", error.Message, StringComparison.Ordinal);
        // Only the request for the time got through.
        Assert.Equal(0, ca.Count("order") + ca.Count("account"));
    }

    [Fact]
    public async Task A_new_certificate_that_is_valid_from_tomorrow_points_at_the_clock()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = (_, context) =>
        {
            context.Response.Headers.Date = Start.AddDays(2).ToString("R");
            return Task.FromResult(false);
        };
        ca.Chain = _ => ca.SignLast(Start.AddDays(2), Start.AddDays(92));
        var error = await RenewAsync(Options(ca));
        Assert.Equal(AcmeFailure.Clock, error.Failure);
        Assert.Contains("2 days behind", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong key")]
    [InlineData("expired")]
    [InlineData("no certificate")]
    [InlineData("chain of strangers")]
    [InlineData("cut short in the second certificate")]
    [InlineData("second certificate that does not decode")]
    [InlineData("glued certificates")]
    [InlineData("leaf only")]
    public async Task A_broken_new_certificate_never_replaces_a_working_one(string fault)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.HasRenewalInfo = false;
        await using var manager = Open(Options(ca));
        await manager.RenewIfDueAsync(Stop);
        var good = manager.Current!;
        ca.Chain = chain => fault switch
        {
            "wrong key" => ca.Forge(Name, Start, Start.AddDays(90)),
            "expired" => ca.SignLast(Start.AddDays(-90), Start.AddDays(-1)),
            "chain of strangers" => chain + chain,
            "cut short in the second certificate" => chain[..^100],
            "second certificate that does not decode" => chain[..^60] + "*" + chain[^59..],
            "glued certificates" => chain.Replace("-----\n-----", "----------", StringComparison.Ordinal),
            "leaf only" => LeafOf(chain),
            _ => "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        };
        var error = await Assert.ThrowsAsync<AcmeException>(() => manager.RenewNowAsync(force: true, Stop));

        Assert.NotEqual(AcmeFailure.Unreachable, error.Failure);
        Assert.Same(good, manager.Current);
        Assert.Single(Used);
        await using var next = Open(Options(ca));
        Assert.Equal(good.SerialNumber, next.Current!.SerialNumber);
    }

    [Theory]
    [InlineData("cut short")]
    [InlineData("leaf only")]
    public async Task After_a_damaged_answer_the_certificate_is_downloaded_again_without_another_order(string fault)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Chain = chain => fault == "cut short" ? chain[..^100] : LeafOf(chain);
        var error = await RenewAsync(Options(ca));
        Assert.Equal(AcmeFailure.NotAcme, error.Failure);
        Assert.StartsWith(
            fault == "cut short"
                ? "The certificate from 127.0.0.1 is rejected because the chain cannot be read: block 2, line "
                : "The certificate from 127.0.0.1 is rejected because it came without the certificate of its issuer (",
            error.Message,
            StringComparison.Ordinal);
        ca.Chain = static chain => chain;
        await using var manager = Open(Options(ca));
        await manager.RenewNowAsync(force: false, Stop);
        Assert.Single(Used);
        Assert.Single(ca.Orders);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stored_chain_that_does_not_parse_whole_is_set_aside_and_ordered_anew(bool isCut)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using (var manager = Open(Options(ca)))
            await manager.RenewNowAsync(force: false, Stop);
        var file = Path.Combine(State.Path, "acme", "certificate.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!;
        var chain = (string)json["chain_pem"]!;
        json["chain_pem"] = isCut ? chain[..^40] : chain.Replace("-----\n-----", "----------", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, json.ToJsonString(), Stop);

        await using var next = Open(Options(ca));
        Assert.Single(Used);
        Assert.Null(next.Current);
        Assert.Contains($"the chain cannot be read: block {(isCut ? 2 : 1)}, line ", Log.All, StringComparison.Ordinal);
        await next.RenewNowAsync(force: false, Stop);
        Assert.Equal(2, ca.Orders.Count);
    }

    [Fact]
    public async Task A_key_of_an_interrupted_order_that_does_not_parse_costs_the_order_and_not_the_certificate()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using (var manager = Open(Options(ca)))
            await manager.RenewNowAsync(force: false, Stop);
        var file = Path.Combine(State.Path, "acme", "certificate.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!;
        json["pending"] = new JsonObject
        {
            ["directory"] = ca.DirectoryUrl,
            ["order_url"] = ca.DirectoryUrl + "/order-status/1",
            ["key_pem"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n",
            ["names"] = new JsonArray(Name),
        };
        await File.WriteAllTextAsync(file, json.ToJsonString(), Stop);
        await using var next = Open(Options(ca));
        Assert.Equal(2, Used.Count);
        await next.RenewNowAsync(force: true, Stop);
        Assert.Equal(2, ca.Orders.Count);
    }

    [Fact]
    public async Task Roots_that_do_not_parse_whole_are_refused_with_the_block_and_the_line()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var roots = Path.Combine(State.Path, "roots.pem");
        var good = await File.ReadAllTextAsync(ca.CaRootFile, Stop);
        await File.WriteAllTextAsync(roots, good + "\n-----BEGIN CERTIFICATE-----\nAAAA\n", Stop);
        var error = await RenewAsync(Options(ca) with { CaRoot = roots });
        Assert.Equal(AcmeFailure.Configuration, error.Failure);
        Assert.StartsWith(
            $"acme.ca_root: '{roots}' cannot be used: the file cannot be read: block 2, line ",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_is_requested_where_it_is_offered()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Meta = new JsonObject { ["profiles"] = new JsonObject { ["classic"] = "ninety days", ["shortlived"] = "six days" } };
        await using var manager = Open(Options(ca) with { Profile = "classic" });
        await manager.RenewNowAsync(force: true, Stop);
        Assert.Equal("classic", ca.Orders.Last().GetProperty("profile").GetString());
    }

    [Fact]
    public async Task A_profile_that_is_not_offered_is_reported_with_those_that_are()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Meta = new JsonObject { ["profiles"] = new JsonObject { ["classic"] = "ninety days", ["shortlived"] = "six days" } };
        var error = await RenewAsync(Options(ca) with { Profile = "classy" });
        Assert.Contains("acme.profile", error.Message, StringComparison.Ordinal);
        Assert.Contains("classic, shortlived", error.Message, StringComparison.Ordinal);
        Assert.Empty(ca.Orders);
    }

    [Fact]
    public async Task Addresses_use_the_short_lived_profile_by_default_and_names_use_none()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Meta = new JsonObject { ["profiles"] = new JsonObject { ["shortlived"] = "six days" } };
        await using (var manager = Open(Options(ca, "192.0.2.7")))
            await manager.RenewNowAsync(force: true, Stop);
        Assert.Equal("shortlived", ca.Orders.Last().GetProperty("profile").GetString());
        Assert.Equal("ip", ca.Orders.Last().GetProperty("identifiers")[0].GetProperty("type").GetString());
        await using (var manager = Open(Options(ca)))
            await manager.RenewNowAsync(force: true, Stop);
        Assert.False(ca.Orders.Last().TryGetProperty("profile", out _));
    }

    [Fact]
    public async Task The_request_has_an_empty_subject_and_its_names_in_a_critical_extension()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var manager = Open(Options(ca));
        await manager.RenewNowAsync(force: true, Stop);
        Assert.Equal("", ca.LastRequest!.SubjectName.Name);
        var extension = Assert.Single(ca.LastRequest.CertificateExtensions);
        Assert.Equal("2.5.29.17", extension.Oid!.Value);
        Assert.True(extension.Critical);
    }

    [Fact]
    public async Task Changed_domains_are_due_at_once()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await RestartAndLookAsync(Options(ca));
        await RestartAndLookAsync(Options(ca, Name, "more.heliograph.test"));
        Assert.Equal(2, Used[^1].Names.Count);
        Assert.Equal(2, ca.Orders.Count);
    }

    [Fact]
    public void All_mistakes_in_the_options_are_reported_at_once()
    {
        var errors = new AcmeOptions
        {
            Domains = ["*.example.org", "exa mple", "192.0.2.300"],
            StateDirectory = State.Path,
            Directory = "http://ca.example",
            KeyType = "dsa",
            Challenges = ["tls-sni-01", ChallengeTypes.Http01],
            CaRoot = "/nowhere/root.pem",
            Eab = new EabOptions { KeyId = "x", HmacKey = "not base64!" },
            Email = "nobody",
        }.Errors();
        Assert.Equal(9, errors.Count);
        Assert.All(errors, error => Assert.Matches("^(domains|acme\\.[a-z_.]+): ", error));
    }

    private async Task<AcmeException> RenewAsync(AcmeOptions options)
    {
        await using var manager = Open(options);
        return await Assert.ThrowsAsync<AcmeException>(() => manager.RenewNowAsync(force: false, Stop));
    }

    private static string LeafOf(string chain) => chain[..(chain.IndexOf("-----END", StringComparison.Ordinal) + 26)];

    private static Func<string, HttpContext, Task<bool>> Answering(string which, int status, string type, string body) =>
        async (part, context) =>
        {
            if (part != which)
                return false;
            await ScriptedCa.AnswerAsync(context, status, type, body);
            return true;
        };
}
