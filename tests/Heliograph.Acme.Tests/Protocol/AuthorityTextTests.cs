using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Acme.Protocol;

namespace Heliograph.Acme.Tests.Protocol;

/// <summary>What an authority writes ends in log lines: whatever it is, it makes one sentence.</summary>
public sealed class AuthorityTextTests
{
    [Fact]
    public void The_kind_of_a_problem_cannot_start_a_log_line_of_its_own()
    {
        var problem = new Problem { Type = "urn:ietf:params:acme:error:odd\n\u001b[31mok: token", Detail = "no", Status = 400 };

        var message = Refusals.Explain(problem, null, "ca.example", ["token"], null).Message;

        Assert.DoesNotContain(message, static c => char.IsControl(c));
        Assert.DoesNotContain("token", message, StringComparison.Ordinal);
        Assert.StartsWith("ca.example refused (odd ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_without_end_is_cut()
    {
        var problem = new Problem { Type = "urn:ietf:params:acme:error:" + string.Concat(Enumerable.Repeat("odd ", 10_000)), Status = 400 };

        Assert.InRange(Refusals.Explain(problem, null, "ca.example", [], null).Message.Length, 1, 1000);
    }

    [Fact]
    public void A_null_among_the_items_of_a_list_is_no_item()
    {
        var problem = Read("""{ "detail": "no", "subproblems": [null, { "detail": "inner" }] }""", AcmeJson.Default.Problem);
        var authorization = Read("""{ "challenges": [null, { "type": "http-01" }] }""", AcmeJson.Default.AuthorizationResource);
        var directory = Read("""{ "meta": { "caaIdentities": [null, "ca.example"] } }""", AcmeJson.Default.DirectoryResource);

        Assert.Equal("http-01", Assert.Single(authorization.Challenges!).Type);
        Assert.Equal(
            "ca.example answered HTTP 0: no; no reason given: inner.", Refusals.Explain(problem, null, "ca.example", [], null).Message);
        Assert.Equal("ca.example", Assert.Single(directory.Meta!.CaaIdentities!));
    }

    private static T Read<T>(string json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;
}
