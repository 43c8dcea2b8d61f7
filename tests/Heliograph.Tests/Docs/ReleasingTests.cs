using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>docs/releasing.md and the workflows speak of the same things.</summary>
public sealed partial class ReleasingTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/releasing.md"));

    private static readonly Dictionary<string, string> Workflows = Directory
        .EnumerateFiles(Repository.PathOf(".github/workflows"))
        .ToDictionary(static path => Path.GetFileName(path), File.ReadAllText, StringComparer.Ordinal);

    [Fact]
    public void Every_secret_of_the_workflows_is_on_the_page()
    {
        var secrets = Workflows.Values.SelectMany(static text => Secrets().Matches(text)).Select(static match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal).ToList();
        Assert.Contains("APT_SIGNING_KEY", secrets);
        Assert.All(secrets, static name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_workflow_that_the_page_names_exists_and_points_to_the_page()
    {
        var named = Names().Matches(Page).Select(static match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.Equal(["publish.yml", "release.yml"], named.Order(StringComparer.Ordinal));
        Assert.All(named, static name => Assert.Contains("docs/releasing.md", Workflows[name], StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_the_package_script_in_the_page_and_the_workflows_is_in_its_help()
    {
        var help = File.ReadAllText(Repository.PathOf("eng/package"));
        var options = Workflows.Values.Append(Page).SelectMany(static text => Calls().Matches(text))
            .SelectMany(static call => Options().Matches(call.Value)).Select(static match => match.Value).Distinct(StringComparer.Ordinal);
        Assert.Equal(["--apt-repository", "--architecture", "--only", "--output", "--sign-with"], options.Order(StringComparer.Ordinal));
        Assert.All(options, option => Assert.Contains($"[{option} ", help, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_published_before_the_list_of_hosts_is_verified()
    {
        var jobs = Jobs().Split(Workflows["publish.yml"])[1..];
        Assert.Contains("./eng/verify-list list\n", jobs[0], StringComparison.Ordinal);
        Assert.NotEmpty(jobs[1..]);
        Assert.All(jobs[1..], static job => Assert.Contains("\n    needs: list\n", job, StringComparison.Ordinal));
    }

    [Fact]
    public void The_workflows_ask_for_addresses_and_have_none() =>
        Assert.All(Workflows.Values, static text => Assert.DoesNotContain("ghcr.io", text, StringComparison.Ordinal));

    [GeneratedRegex(@"secrets\.(?<name>\w+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"`(?<name>\w+\.yml)`", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Names();

    [GeneratedRegex("^  [a-z]+:\n(?=    name:)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Jobs();

    [GeneratedRegex(@"\./eng/package [^`\n]*", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Calls();

    [GeneratedRegex("--[a-z-]+", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Options();
}
