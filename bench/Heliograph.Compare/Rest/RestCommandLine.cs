using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Heliograph.Compare.Rest;

/// <summary>What the command line of <c>bench/rest</c> asks for.</summary>
internal sealed record RestOptions
{
    public required string Heliograph { get; init; }

    public required int Starts { get; init; }

    /// <summary>How long it is left alone while wake-ups are counted.</summary>
    public required int Seconds { get; init; }
}

/// <summary>The command line of <c>bench/rest</c>.</summary>
internal sealed class RestCommandLine
{
    private readonly Option<string> heliograph = new("--heliograph-command")
    {
        Description = "The program to measure, started as COMMAND run --config FILE: a packaged one, of eng/package.",
        HelpName = "COMMAND",
        Required = true,
    };

    private readonly Option<int> starts = new("--starts")
    {
        Description = "How often it is started; the median counts.",
        HelpName = "N",
        DefaultValueFactory = static _ => 11,
        CustomParser = static result => WholeNumber(result, "--starts", 1, 1_000),
    };

    private readonly Option<int> seconds = new("--seconds")
    {
        Description = "How long nobody connects while its wake-ups are counted.",
        HelpName = "N",
        DefaultValueFactory = static _ => 60,
        CustomParser = static result => WholeNumber(result, "--seconds", 1, 3_600),
    };

    // No RootCommand, whose help would give this program's name.
    private readonly Command root = new(
        "bench/rest",
        "Measures heliograph while nobody connects: the time from its start to \"ready\", its memory, and how often it wakes up.\n"
        + "Exit code: 0 every goal is met, 1 one is not or the measurement failed, 2 bad usage.");

    public RestCommandLine()
    {
        foreach (var option in new Option[] { heliograph, starts, seconds })
            root.Options.Add(option);
        root.Options.Add(new HelpOption());
    }

    /// <summary>Parses the arguments and calls <paramref name="measure"/>, or prints the help or the errors in them.</summary>
    public int Run(string[] args, Func<RestOptions, int> measure)
    {
        root.SetAction(result => measure(new()
        {
            Heliograph = result.GetValue(heliograph)!,
            Starts = result.GetValue(starts),
            Seconds = result.GetValue(seconds),
        }));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        foreach (var error in result.Errors)
            Console.Error.WriteLine($"rest: {error.Message}");
        Console.Error.WriteLine("rest: see bench/rest --help");
        return 2;
    }

    private static int WholeNumber(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        result.AddError($"{name} is '{text}'; it must be a whole number from {least} to {most}.");
        return least;
    }
}
