using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Acme.Renewal;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>RFC 9773, which Debian's Pebble does not have.</summary>
public sealed class RenewalInfoTests : ScriptedTests
{
    [Fact]
    public void The_certificate_identifier_is_the_one_of_RFC_9773_section_4_1()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4")));
        using var certificate = request.Create(
            new X500DistinguishedName("CN=issuer"),
            X509SignatureGenerator.CreateForECDsa(key),
            Start,
            Start.AddDays(1),
            Convert.FromHexString("0087654321"));
        Assert.Equal("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", RenewalInfo.CertificateId(certificate));
    }

    [Fact]
    public async Task An_instant_in_the_window_is_drawn_once_and_kept_across_restarts()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Window = (Start.AddDays(40), Start.AddDays(42));
        await RestartAndLookAsync(Options(ca));
        var first = await RestartAndLookAsync(Options(ca));
        Clock.Advance(TimeSpan.FromDays(1));
        var second = await RestartAndLookAsync(Options(ca));

        Assert.InRange(first.NextRenewal, Start.AddDays(40), Start.AddDays(42));
        Assert.Equal(first.NextRenewal, second.NextRenewal);
        Assert.Equal(2, ca.Count("renewal-info"));
        Assert.Contains("ARI", second.NextRenewalReason, StringComparison.Ordinal);
        Assert.Equal("https://authority.example/why", second.ExplanationUrl);
    }

    [Fact]
    public async Task The_renewal_comes_at_the_drawn_instant_and_names_its_predecessor()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Window = (Start.AddDays(40), Start.AddDays(42));
        await RestartAndLookAsync(Options(ca));
        var due = (await RestartAndLookAsync(Options(ca))).NextRenewal;
        var identifier = Used[^1].AriId;

        Clock.Advance(due - Clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        await RestartAndLookAsync(Options(ca));
        Assert.Single(ca.Orders);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await RestartAndLookAsync(Options(ca));

        Assert.Equal(2, ca.Orders.Count);
        Assert.False(ca.Orders.First().TryGetProperty("replaces", out _));
        Assert.Equal(identifier, ca.Orders.Last().GetProperty("replaces").GetString());
    }

    /// <summary>
    /// The second is what Let's Encrypt's server says about a certificate that was adopted from another program, the last what Pebble says
    /// once it has another issuer.
    /// </summary>
    [Theory]
    [InlineData(409, "alreadyReplaced", "has been replaced")]
    [InlineData(403, "unauthorized", "requester account did not request the certificate being replaced by this order")]
    [InlineData(400, "malformed", "parsing ARI CertID failed: no known issuer matches the provided Authority Key Identifier")]
    public async Task A_predecessor_that_cannot_be_replaced_is_left_out_in_a_second_try(int status, string kind, string detail)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await RestartAndLookAsync(Options(ca));
        ca.Script = async (part, context) =>
        {
            if (part != "order" || ca.Count("order") != 2)
                return false;
            await ScriptedCa.AnswerProblemAsync(context, status, kind, detail);
            return true;
        };
        await using var manager = Open(Options(ca));
        Assert.True((await manager.RenewNowAsync(force: true, Stop)).Renewed);

        Assert.Equal(3, ca.Count("order"));
        Assert.False(ca.Orders.Last().TryGetProperty("replaces", out _));
    }

    [Fact]
    public async Task A_window_in_the_past_means_now()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await RestartAndLookAsync(Options(ca));
        Clock.Advance(TimeSpan.FromDays(2));
        ca.Window = (Start.AddDays(-2), Start.AddDays(-1));
        await RestartAndLookAsync(Options(ca));
        Assert.Equal(2, ca.Orders.Count);
    }

    [Fact]
    public async Task An_authority_that_always_suggests_the_past_is_asked_once_a_day()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Window = (Start.AddDays(-2), Start.AddDays(-1));
        for (var hour = 0; hour < 72; hour++)
        {
            await RestartAndLookAsync(Options(ca));
            Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.InRange(ca.Orders.Count, 3, 4);
    }

    [Theory]
    [InlineData("1", 60)]
    [InlineData("7200", 7200)]
    [InlineData("99999999", 86400)]
    [InlineData(null, 21600)]
    public async Task The_next_question_comes_after_Retry_After_within_bounds(string? retryAfter, int seconds)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.RenewalInfoRetryAfter = retryAfter;
        await RestartAndLookAsync(Options(ca));
        await RestartAndLookAsync(Options(ca));
        Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        await RestartAndLookAsync(Options(ca));
        Assert.Equal(1, ca.Count("renewal-info"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await RestartAndLookAsync(Options(ca));
        Assert.Equal(2, ca.Count("renewal-info"));
    }

    [Fact]
    public async Task A_window_that_ends_before_it_starts_is_ignored()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Window = (Start.AddDays(42), Start.AddDays(40));
        await RestartAndLookAsync(Options(ca));
        var description = await RestartAndLookAsync(Options(ca));
        Assert.Equal(Used[^1].NotAfter - TimeSpan.FromDays(30), description.NextRenewal);
    }

    [Fact]
    public async Task Without_suggestions_a_third_of_the_lifetime_is_left_at_renewal_and_half_of_a_short_one()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.HasRenewalInfo = false;
        await RestartAndLookAsync(Options(ca));
        Assert.Equal(Used[^1].NotAfter - TimeSpan.FromDays(30), (await RestartAndLookAsync(Options(ca))).NextRenewal);

        ca.Lifetime = TimeSpan.FromHours(160);
        await using var manager = Open(Options(ca));
        await manager.RenewNowAsync(force: true, Stop);
        Assert.Equal(Used[^1].NotAfter - TimeSpan.FromHours(80), manager.Describe().NextRenewal);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_with_a_suggestion_is_asked_again_six_hours_later()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "renewal-info")
                return false;
            await ScriptedCa.AnswerAsync(context, 500, "text/html", "<html>");
            return true;
        };
        for (var hour = 0; hour <= 12; hour++)
        {
            await RestartAndLookAsync(Options(ca));
            Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(2, ca.Count("renewal-info"));
        Assert.Single(ca.Orders);
    }
}
