using System.Globalization;

namespace Heliograph.Soak.Judging;

/// <summary>
/// Nothing grows: of the samples taken while nothing disturbed the server, the median of the last fifth of the run is not above that of the
/// second fifth by more than a quarter and a fixed amount. The first fifth is left out: then code is compiled and buffers are filled.
/// </summary>
internal sealed class GrowthRule
{
    public const string Grows = "something grows";

    /// <summary>With fewer samples in a fifth there is no median to speak of.</summary>
    private const int FewestSamples = 3;

    private readonly string what;
    private readonly string unit;
    private readonly double slack;
    private readonly Func<Sample, double> figure;

    private GrowthRule(string what, string unit, double slack, Func<Sample, double> figure)
    {
        this.what = what;
        this.unit = unit;
        this.slack = slack;
        this.figure = figure;
    }

    public static IReadOnlyList<GrowthRule> All { get; } =
    [
        new("descriptors", "", 20, static sample => sample.Descriptors),
        new("user memory", " MB", 16, static sample => sample.UserBytes / 1e6),
        new("kernel memory", " MB", 16, static sample => sample.KernelBytes / 1e6),
        new("threads", "", 6, static sample => sample.Threads),
        new("the median of the first byte", " ms", 100, static sample => sample.Latency.Median),
    ];

    /// <summary>Adds what has grown, and what there are too few samples to judge by.</summary>
    public static void JudgeAll(IReadOnlyList<Sample> samples, TimeSpan length, Windows windows, Findings findings)
    {
        var calm = samples.Where(sample => windows.IsCalm(sample.At)).ToList();
        foreach (var rule in All)
            rule.Judge(calm, length, findings);
    }

    private void Judge(List<Sample> calm, TimeSpan length, Findings findings)
    {
        var (before, after) = (Fifth(calm, length, 1), Fifth(calm, length, 4));
        if (before.Count < FewestSamples || after.Count < FewestSamples)
        {
            findings.Add("too few samples", $"{what}: {before.Count} and {after.Count} calm ones in the second and the last fifth");
            return;
        }
        var (old, recent) = (Median(before), Median(after));
        if (recent > (1.25 * old) + slack)
        {
            findings.Add(Grows, string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: a median of {old:0.#}{unit} in the second fifth of the run, {recent:0.#}{unit} in the last; " +
                $"allowed is {(1.25 * old) + slack:0.#}{unit}"));
        }
    }

    private List<double> Fifth(List<Sample> calm, TimeSpan length, int index) =>
    [
        .. calm.Where(sample => sample.At >= length * index / 5 && sample.At < length * (index + 1) / 5)
            .Select(figure).Where(static value => !double.IsNaN(value)),
    ];

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
