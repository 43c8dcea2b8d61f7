using System.Text.Json;
using Heliograph.Cli.Status;
using Heliograph.Relay.Diagnostics;
using Heliograph.Status;
using Heliograph.Testing;

namespace Heliograph.Tests.Status;

/// <summary>docs/operating/status.md names everything that can occur in the JSON.</summary>
public sealed class DocumentedStatusTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/operating/status.md"));

    [Fact]
    public void Every_member_is_documented_with_its_path()
    {
        var report = SampleStatistics.Report(
            SampleStatistics.Busy with
            {
                DeniedSignalNames = new Dictionary<string, long>(StringComparer.Ordinal) { ["n.signal.org"] = 1 },
            },
            SampleStatistics.Totals with
            {
                Problem = "no space",
            },
            budget: SampleStatistics.Budget,
            sources: SampleStatistics.Sources,
            countries: SampleStatistics.Countries);
        using var json = JsonDocument.Parse(StatusCommand.ToJson(report, oneLine: true));

        Assert.Equal([], MembersOf(json.RootElement, "").Distinct(StringComparer.Ordinal).Where(static path => !IsDocumented(path)));
    }

    [Fact]
    public void The_warnings_that_there_are_and_no_others_are_documented() =>
        Assert.Equal(
            WarningTests.Codes,
            Page.Split('\n')
                .Select(static line => line.Split('|'))
                .Where(static cells => cells.Length > 2 && cells[2].Trim() is StatusWarning.Warning or StatusWarning.Critical)
                .SelectMany(static cells => cells[1].Split(','))
                .Select(static code => code.Trim(' ', '`'))
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Every_outcome_has_a_description_that_fits_its_column_even_one_of_another_version()
    {
        Assert.All(
            Enum.GetValues<ConnectionOutcome>(),
            static outcome => Assert.InRange(OutcomeText.Describe(EnumWord<ConnectionOutcome>.For(outcome)).Length, 1, 58));
        Assert.Equal("sung to", OutcomeText.Describe("sung_to"));
    }

    /// <summary>
    /// Treated as leaves: maps of counts, the certificate, which has its own page, and the lists of periods like <c>totals.today</c>.
    /// </summary>
    private static IEnumerable<string> MembersOf(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array && path is not ("totals.days" or "totals.weeks"))
            return element.EnumerateArray().SelectMany(one => MembersOf(one, path));
        if (
            element.ValueKind != JsonValueKind.Object
            || path is "outcomes" or "denied_names" or "certificate"
            || path.EndsWith("failures", StringComparison.Ordinal))
            return [path];
        return element
            .EnumerateObject()
            .SelectMany(member => MembersOf(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"));
    }

    /// <summary>A row's first cell names the path, or its parent and then the member.</summary>
    private static bool IsDocumented(string path)
    {
        var parent = path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : path;
        return Page.Split('\n')
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Any(line =>
                line.Split('|')[1].Contains($"`{path}`", StringComparison.Ordinal)
                || (
                    line.Split('|')[1].Contains($"`{parent}`", StringComparison.Ordinal)
                    && line.Contains($"`{path[(path.LastIndexOf('.') + 1)..]}`", StringComparison.Ordinal)));
    }
}
