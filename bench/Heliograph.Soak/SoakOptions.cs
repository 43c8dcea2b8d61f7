using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Heliograph.Soak;

/// <summary>What the command line asks for.</summary>
/// <param name="Length">Of the load.</param>
/// <param name="PerSecond">How many connections begin in a second, a tenth of them hostile.</param>
/// <param name="Disturbed">How long each disturbance lasts that has no length of its own.</param>
/// <param name="Gap">The calm between two disturbances.</param>
/// <param name="RenewEvery">How often a certificate is ordered.</param>
/// <param name="SampleEvery">How often the figures are taken.</param>
/// <param name="HasHaProxy">HAProxy gets the same load beside it.</param>
/// <param name="Only">The disturbances to make; empty: all.</param>
/// <param name="LogLevel">Of the program.</param>
/// <param name="Heliograph">The program; null: the one that was built.</param>
/// <param name="Output">The directory for the table and the picture.</param>
internal sealed record SoakOptions(
    TimeSpan Length,
    double PerSecond,
    TimeSpan Disturbed,
    TimeSpan Gap,
    TimeSpan RenewEvery,
    TimeSpan SampleEvery,
    bool HasHaProxy,
    IReadOnlyList<string> Only,
    string LogLevel,
    string? Heliograph,
    string Output);

/// <summary>The command line of <c>bench/soak</c>.</summary>
internal sealed class SoakCommandLine
{
    // 1,000,000 in two hours.
    private const double PerSecond = 140;
    private const double QuickPerSecond = 25;

    private static readonly TimeSpan QuickLength = TimeSpan.FromSeconds(130);

    private readonly Argument<double> hours = new("HOURS")
    {
        Description = "How long the load lasts: 0.1 to 100.",
        DefaultValueFactory = static _ => 2,
        CustomParser = static result => Number(result, 0.1, 100, "HOURS"),
    };

    private readonly Option<bool> quick = new("--quick") { Description = "Once through every disturbance, in about three minutes." };

    private readonly Option<double?> rate = new("--rate")
    {
        Description = "How many connections begin in a second, 1 to 1000; 140 if not given, which is 1,000,000 in two hours, or 25.",
        HelpName = "N",
        CustomParser = static result => Number(result, 1, 1000, "--rate"),
    };

    private readonly Option<bool> haProxy = new("--haproxy") { Description = "HAProxy gets the same load, beside it." };

    private readonly Option<string[]> only = new("--only")
    {
        Description = "Makes only this disturbance, named as the run names it; may be given more than once.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> heliograph = new("--heliograph-command")
    {
        Description = "The program to test, started as FILE run --config FILE; the one that bench/soak has built if not given.",
        HelpName = "FILE",
    };

    private readonly Option<string> output = new("--output")
    {
        Description = "Where soak.csv, soak.svg and the end of the program's log, heliograph.log, are written.",
        HelpName = "DIRECTORY",
        DefaultValueFactory = static _ => "artifacts/soak",
    };

    private readonly RootCommand root = new(
        "Runs heliograph for hours: churn, hostile clients, a renewal a minute, and one disturbance after the other.\n"
        + "Exit code: 0 nothing was wrong, 1 something was or the run could not be made or was interrupted, 2 bad usage.");

    public SoakCommandLine()
    {
        root.Arguments.Add(hours);
        foreach (var option in new Option[] { quick, rate, only, haProxy, heliograph, output })
            root.Options.Add(option);
        foreach (var version in root.Options.OfType<VersionOption>().ToList())
            root.Options.Remove(version);
    }

    /// <summary>Parses the arguments and calls <paramref name="soak"/>, or prints the help or the errors in them.</summary>
    public int Run(string[] args, Func<SoakOptions, int> soak)
    {
        root.SetAction(result => soak(Read(result)));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        foreach (var error in result.Errors)
            Console.Error.WriteLine($"soak: {error.Message}");
        Console.Error.WriteLine("soak: see bench/soak --help");
        return 2;
    }

    private SoakOptions Read(ParseResult result)
    {
        var isQuick = result.GetValue(quick);
        var length = isQuick ? QuickLength : TimeSpan.FromHours(result.GetValue(hours));
        return new SoakOptions(
            length,
            result.GetValue(rate) ?? (isQuick ? QuickPerSecond : PerSecond),
            Disturbed: TimeSpan.FromSeconds(isQuick ? 4 : 20),
            Gap: TimeSpan.FromSeconds(isQuick ? 3 : 25),
            RenewEvery: TimeSpan.FromSeconds(isQuick ? 15 : 60),
            SampleEvery: isQuick ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(Math.Clamp(length.TotalSeconds / 600, 2, 60)),
            result.GetValue(haProxy),
            result.GetValue(only)!,
            LogLevel: isQuick ? "trace" : "info",
            result.GetValue(heliograph),
            result.GetValue(output)!);
    }

    private static double Number(ArgumentResult result, double least, double most, string name)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
            return number;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a number from {least} to {most}."));
        return 0;
    }
}
