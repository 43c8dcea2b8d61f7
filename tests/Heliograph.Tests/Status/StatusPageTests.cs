using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Heliograph.Access;
using Heliograph.Control;
using Heliograph.Status;
using Heliograph.Status.Page;
using Heliograph.Testing;

namespace Heliograph.Tests.Status;

/// <summary>The page at <c>/</c> of metrics.listen.</summary>
public sealed partial class StatusPageTests
{
    private const string GoldenFiles = "tests/Heliograph.Tests/Status/Golden/";

    private static readonly IReadOnlyList<GroupReport> Groups =
    [
        new() { Name = "<family>", Names = [], Connections = 8, BytesUp = 1_000_000, BytesDown = 2_000_000, LastUsed = new(2026, 5, 6) },
        new() { Name = "choir", Names = [], Probed = true, Expired = false },
    ];

    [Fact]
    public void A_new_proxy_is_as_reviewed() =>
        Check("quiet", SampleStatistics.Report(SampleStatistics.Quiet, SampleStatistics.NoTotals));

    [Fact]
    public void A_busy_proxy_is_as_reviewed() =>
        Check("busy", SampleStatistics.Report(SampleStatistics.Busy, SampleStatistics.FullTotals, budget: SampleStatistics.Budget));

    [Fact]
    public void A_proxy_in_trouble_is_as_reviewed() => Check("trouble", SampleStatistics.Trouble);

    [Fact]
    public void It_says_every_warning_that_status_says()
    {
        var page = Write(SampleStatistics.Trouble);

        foreach (var warning in SampleStatistics.Trouble.Warnings)
            Assert.Contains(PageText.Encode(warning.Message), page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_a_stranger_chose_is_text()
    {
        var report = SampleStatistics.Report(SampleStatistics.Busy with
        {
            DeniedSignalNames = new Dictionary<string, long>(StringComparer.Ordinal) { ["<script>alert(1)</script>.signal.org"] = 30 },
        });

        var page = Write(report);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;.signal.org", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_asks_for_nothing_from_elsewhere_and_its_policy_has_the_hash_of_its_style()
    {
        var page = Write(SampleStatistics.Report(SampleStatistics.Busy, SampleStatistics.FullTotals));

        Assert.DoesNotMatch("""(?i)\b(src|href|action|style|on[a-z]+)\s*=|url\(|@import|<(script|link|form|iframe|object)""", page);
        var style = Style().Match(page).Groups["css"].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"style-src 'sha256-{hash}'", StatusPage.ContentSecurityPolicy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_is_named_only_where_metrics_may_name_it()
    {
        var named = Write(Report(namesGroups: true));
        Assert.Contains("&lt;family&gt;", named, StringComparison.Ordinal);
        Assert.Contains("The name of choir is being probed", named, StringComparison.Ordinal);

        var unnamed = Write(Report(namesGroups: false));
        Assert.DoesNotContain("family", unnamed, StringComparison.Ordinal);
        Assert.DoesNotContain("choir", unnamed, StringComparison.Ordinal);
        Assert.Contains("The name of a group is being probed", unnamed, StringComparison.Ordinal);
        Assert.Contains("access.metrics: true", unnamed, StringComparison.Ordinal);

        static StatusReport Report(bool namesGroups) => StatusReader.CreateReport(
            SampleStatistics.Busy,
            SampleStatistics.Totals,
            SampleStatistics.Certificate,
            budget: null,
            selfCheckProblem: null,
            SampleStatistics.Now,
            Groups,
            namesGroups: namesGroups);
    }

    [Fact]
    public void Its_charts_have_a_bar_for_every_day_and_week_and_a_table_with_the_same_figures()
    {
        var totals = SampleStatistics.FullTotals;
        var page = Write(SampleStatistics.Report(SampleStatistics.Busy, totals));

        Assert.Equal(35 + 60, page.Split("class=\"bar\"").Length - 1);
        Assert.All(totals.EveryDay().Concat(totals.EveryWeek()).Where(static one => one.Connections > 0), one =>
        {
            Assert.Contains($"<title>{one.Period}: {Words.Bytes(one.Bytes)}", page, StringComparison.Ordinal);
            Assert.Contains($"""<th scope="row" class="number">{one.Period}</th>""", page, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Its_headings_go_down_one_step_at_a_time()
    {
        var levels = Heading()
            .Matches(Write(SampleStatistics.Report(SampleStatistics.Busy)))
            .Select(static match => int.Parse(match.Groups["level"].Value, CultureInfo.InvariantCulture))
            .ToList();

        Assert.Equal(1, levels[0]);
        Assert.All(levels.Zip(levels.Skip(1)), static pair => Assert.InRange(pair.Second, 2, pair.First + 1));
    }

    /// <summary>WCAG 2.2, success criterion 1.4.3.</summary>
    [Theory]
    [InlineData("ink")]
    [InlineData("quiet")]
    [InlineData("good")]
    [InlineData("warning")]
    [InlineData("critical")]
    [InlineData("bar")]
    public void What_is_read_stands_out_in_both_colour_schemes(string colour)
    {
        var values = Colour()
            .Matches(PageStyle.Css)
            .ToLookup(static one => one.Groups["name"].Value, static one => one.Groups["value"].Value, StringComparer.Ordinal);

        foreach (var (scheme, value) in values[colour].Index())
            foreach (var ground in new[] { "paper", "card" })
                Assert.InRange(Contrast(value, values[ground].ElementAt(scheme)), 4.5, 21);
        Assert.Equal(2, values[colour].Count());
    }

    private static void Check(string file, StatusReport report) =>
        Golden.Check(GoldenFiles + file + ".html", Write(report).Replace(ProductVersion.Text, "VERSION", StringComparison.Ordinal));

    private static string Write(StatusReport report) => StatusPage.Write(report, SampleStatistics.Now);

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string hex)
    {
        var channels = Convert.FromHexString(hex).Select(static channel =>
            channel / 255.0 <= 0.04045 ? channel / 255.0 / 12.92 : Math.Pow(((channel / 255.0) + 0.055) / 1.055, 2.4)).ToList();
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }

    [GeneratedRegex("<style>(?<css>.*?)</style>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Style();

    [GeneratedRegex("<h(?<level>[1-6])>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Heading();

    [GeneratedRegex("--(?<name>[a-z]+): #(?<value>[0-9a-f]{6})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Colour();
}
