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
    /// <summary>Four labels, 253 characters.</summary>
    private const string LongestName =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
        + "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";

    private const string LongName = "the-bees-of-mill-lane-and-their-hives.beside-the-railway.old-town.example.org";

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

    [Theory]
    [InlineData(LongName)]
    [InlineData("a-label-may-have-63-characters-and-no-hyphen-has-to-be-among-them.example.org")]
    [InlineData(LongestName)]
    public void However_long_a_name_is_it_is_shown_whole_within_80_columns(string name)
    {
        var lines = Render(WithName(name), 80).Split('\n');

        Assert.DoesNotContain(lines, static line => line.Length > 80);
        Assert.DoesNotContain(lines, static line => line.EndsWith(' '));
        var text = string.Concat(lines.SelectMany(static line => line.Where(static c => c != ' ')));
        Assert.Contains($"halfdialledin{name}8,00016", text, StringComparison.Ordinal);
        Assert.Contains($"{name}:44324timedout", text, StringComparison.Ordinal);
        Assert.Contains($"Servercertificate{name},60daysleft", text, StringComparison.Ordinal);
        Assert.Contains($"onnolist:{name}page", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_too_long_for_its_line_is_broken_after_a_dot_and_its_figures_stay_in_their_columns()
    {
        var text = Render(WithName(LongName), 80);

        Assert.Contains(
            $"""

              certificate   the-bees-of-mill-lane-and-their-hives.beside-the-railway.
                            old-town.example.org, 60 days left; renewal on 2026-06-05

            """, text, StringComparison.Ordinal);
        Assert.Contains($"\n  {LongName}\n{"8,000",52}{"16",7}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_is_too_long_for_its_line_is_broken_so_that_a_shell_takes_its_lines_for_one()
    {
        const string Name = "proxy-of-the-bees-on-mill-lane.old-town.example.org";

        var text = Render(WithName(Name), 80);

        Assert.Contains(
            $"\n                ssh -L 9464:127.0.0.1:9464 \\\n                {Name}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_terminal_a_name_stays_on_one_line_with_its_figures()
    {
        var text = Render(WithName(LongName), int.MaxValue / 2);

        Assert.Contains($"\n  certificate   {LongName}, 60 days left; renewal on 2026-06-05\n", text, StringComparison.Ordinal);
        Assert.Contains($"\n  {LongName}{"8,000",12}{"16",7}\n", text, StringComparison.Ordinal);
        Assert.Contains($"\n  {LongName}:443 24 timed out\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_of_another_version_is_reported()
    {
        var text = Render(SampleStatistics.Report(SampleStatistics.Quiet) with { Version = "9.9.9" }, 80);

        Assert.StartsWith("Heliograph 9.9.9 is working", text, StringComparison.Ordinal);
        Assert.Contains("restart the server so that both match", text, StringComparison.Ordinal);
    }

    /// <summary>Of a proxy, of a host that is relayed, and of one that was found.</summary>
    private static StatusReport WithName(string name)
    {
        var busy = SampleStatistics.Busy;
        return SampleStatistics.Report(
            busy with
            {
                Routes = [busy.Routes[0] with { Name = name, Endpoint = name + ":443" }],
                Upstreams =
                [
                    SampleStatistics.Upstream(name) with { Failures = SampleStatistics.Failed((DialFailure.TimedOut, 17)) },
                ],
                FoundHosts = [name],
            },
            certificate: SampleStatistics.Certificate with { Names = [name] }) with
        {
            ListVersion = 2026112701,
        };
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
