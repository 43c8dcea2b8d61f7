using Heliograph.Cli;
using Heliograph.Cli.Status;
using Heliograph.Relay.Diagnostics;
using Heliograph.Status;
using Heliograph.Testing;
using Spectre.Console;

namespace Heliograph.Tests.Status;

/// <summary>What a person reads, at 80 columns.</summary>
public sealed class StatusTextTests
{
    private const string GoldenFiles = "tests/Heliograph.Tests/Status/Golden/";

    [Fact]
    public void A_new_proxy_is_as_reviewed() => Check("quiet", SampleStatistics.Report(SampleStatistics.Quiet, SampleStatistics.NoTotals));

    [Fact]
    public void A_busy_proxy_is_as_reviewed() =>
        Check("busy", SampleStatistics.Report(SampleStatistics.Busy, budget: SampleStatistics.Budget));

    [Fact]
    public void Sources_and_countries_are_as_reviewed() => Check(
        "sources",
        SampleStatistics.Report(
            SampleStatistics.Busy with
            {
                Outcomes = new Dictionary<ConnectionOutcome, long> { [ConnectionOutcome.DecoyBlocked] = 17 },
            },
            sources: SampleStatistics.Sources,
            countries: SampleStatistics.Countries));

    [Fact]
    public void A_proxy_in_trouble_is_as_reviewed() => Check("trouble", SampleStatistics.Trouble);

    [Fact]
    public void A_long_history_is_as_reviewed() =>
        Check("history", SampleStatistics.Report(SampleStatistics.Busy, SampleStatistics.FullTotals));

    [Fact]
    public void A_server_without_a_page_says_how_to_have_one() =>
        Assert.Contains(
            "\n  page          none; set metrics.listen (if it is set, the log says why)\n",
            Render(SampleStatistics.Report(SampleStatistics.Quiet) with { Page = null }, 80),
            StringComparison.Ordinal);

    [Fact]
    public void Without_a_terminal_a_warning_is_one_line()
    {
        var text = Render(SampleStatistics.Trouble, int.MaxValue / 2);

        foreach (var warning in SampleStatistics.Trouble.Warnings)
            Assert.Contains("\n  ! " + warning.Message + "\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_wider_than_80_columns_or_ends_in_spaces()
    {
        foreach (var report in new[]
            {
                SampleStatistics.Report(SampleStatistics.Busy),
                SampleStatistics.Report(SampleStatistics.Busy, SampleStatistics.FullTotals),
                SampleStatistics.Trouble,
            })
        {
            Assert.DoesNotContain(Render(report, 80).Split('\n'), static line => line.Length > 80);
            Assert.DoesNotContain(Render(report, 80).Split('\n'), static line => line.EndsWith(' '));
        }
    }

    [Fact]
    public void A_server_of_another_version_is_reported()
    {
        var text = Render(SampleStatistics.Report(SampleStatistics.Quiet) with { Version = "9.9.9" }, 80);

        Assert.StartsWith("Heliograph 9.9.9 is working", text, StringComparison.Ordinal);
        Assert.Contains("restart the server so that both match", text, StringComparison.Ordinal);
    }

    private static void Check(string file, StatusReport report) =>
        Golden.Check(GoldenFiles + file + ".txt", Render(report, 80).Replace(ProductVersion.Text, "VERSION", StringComparison.Ordinal));

    private static string Render(StatusReport report, int width)
    {
        using var nowhere = new StringWriter();
        var like = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(nowhere), Ansi = AnsiSupport.No });
        like.Profile.Width = width;
        return Terminal.Render(like, console => StatusText.Write(console, report, SampleStatistics.Now));
    }
}
