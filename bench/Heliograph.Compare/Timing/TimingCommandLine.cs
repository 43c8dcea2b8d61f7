using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;

namespace Heliograph.Compare.Timing;

/// <summary>What the command line of <c>bench/timing</c> asks for.</summary>
internal sealed record TimingOptions
{
    public required string Heliograph { get; init; }

    public required int Visits { get; init; }

    /// <summary>With the relay at half a core.</summary>
    public required bool IsBusy { get; init; }

    /// <summary>With a directory instead of the built-in site.</summary>
    public required bool IsDirectory { get; init; }

    /// <summary>The Debian in which the servers run; null: this one.</summary>
    public required DirectoryInfo? In { get; init; }
}

/// <summary>The command line of <c>bench/timing</c>.</summary>
internal sealed class TimingCommandLine
{
    private readonly Option<string> heliograph = new("--heliograph-command")
    {
        Description = "The program to visit, started as COMMAND run --config FILE: a packaged one, of eng/package.",
        HelpName = "COMMAND",
        Required = true,
    };

    private readonly Option<int> visits = new("--visits")
    {
        Description = "How many visits of each kind each server gets.",
        HelpName = "N",
        DefaultValueFactory = static _ => 2000,
        CustomParser = static result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                && n is >= 20 and <= 100_000)
                return n;
            result.AddError($"--visits is '{result.Tokens[0].Value}'; it must be a whole number from 20 to 100000.");
            return 0;
        },
    };

    private readonly Option<bool> busy = new("--busy") { Description = "With the relay at half a core." };

    private readonly Option<bool> site = new("--directory") { Description = "With a directory of files instead of the built-in site." };

    private readonly Option<DirectoryInfo?> system = new("--in")
    {
        Description = "Run the servers in the Debian in this directory (root), such as ./test trixie makes in artifacts/trixie.",
        HelpName = "DIR",
    };

    // No RootCommand, whose help would give this program's name.
    private readonly Command root = new(
        "bench/timing",
        "Visits heliograph and two nginx on loopback in turn, and prints how long each answer takes and how well it tells them apart.\n"
        + "Exit code: 0 measured, 1 the measurement failed, 2 bad usage.");

    public TimingCommandLine()
    {
        foreach (var option in new Option[] { heliograph, visits, busy, site, system })
            root.Options.Add(option);
        root.Options.Add(new HelpOption());
    }

    /// <summary>Parses the arguments and calls <paramref name="measure"/>, or prints the help or the errors in them.</summary>
    public int Run(string[] args, Func<TimingOptions, int> measure)
    {
        root.SetAction(result => measure(new()
        {
            Heliograph = result.GetValue(heliograph)!,
            Visits = result.GetValue(visits),
            IsBusy = result.GetValue(busy),
            IsDirectory = result.GetValue(site),
            In = result.GetValue(system),
        }));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        foreach (var error in result.Errors)
            Console.Error.WriteLine($"timing: {error.Message}");
        Console.Error.WriteLine("timing: see bench/timing --help");
        return 2;
    }
}
