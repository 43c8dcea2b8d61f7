using System.CommandLine;
using System.Globalization;

namespace Heliograph.Compare;

/// <summary>What the command line asks for.</summary>
internal sealed record ComparisonOptions
{
    public required string HeliographCommand { get; init; }

    public required IReadOnlyList<string> Peers { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    public required Sizes Sizes { get; init; }

    public required int Rounds { get; init; }

    /// <summary>No verdict if the sizes are too small to mean anything.</summary>
    public required bool Judged { get; init; }

    public required FileInfo? Json { get; init; }
}

/// <summary>The command line of <c>bench/compare</c>.</summary>
internal sealed class CompareCommandLine
{
    private readonly Option<string?> heliograph = new("--heliograph-command")
    {
        Description = "The program to measure, started as COMMAND run --config FILE; the repository's launcher if not given.",
        HelpName = "COMMAND",
    };

    private readonly Option<string> peers = new("--peers")
    {
        Description = "Which proxies take part, separated by commas.",
        HelpName = "LIST",
        DefaultValueFactory = _ => string.Join(',', PeerNames.All),
    };

    private readonly Option<string> only = new("--only")
    {
        Description = "Which figures are measured, separated by commas.",
        HelpName = "LIST",
        DefaultValueFactory = _ => string.Join(',', Figure.All),
    };

    private readonly Option<int?> rounds = new("--rounds")
    {
        Description = "How many times everything is measured; the smallest value counts. 5, or 1 with --smoke.",
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 100)
                return n;
            result.AddError($"--rounds is '{result.Tokens[0].Value}'; it must be a whole number from 1 to 100.");
            return null;
        },
    };

    private readonly Option<bool> quick = new("--quick")
    {
        Description = "A quarter of the work: good for a quick check, too noisy for a verdict.",
    };

    private readonly Option<bool> smoke = new("--smoke")
    {
        Description = "Tiny sizes, one round, no verdict: only shows that everything works.",
    };

    private readonly Option<FileInfo?> json = new("--json")
    {
        Description = "Write the table, the machine and every single measurement to this file.",
        HelpName = "FILE",
    };

    private readonly RootCommand root = new(
        "Measures heliograph beside Signal's own nginx pair and HAProxy on loopback, and prints the table of docs/benchmarks.md.\n"
        + "Exit code: 0 every bar is met, 1 one is not or the measurement failed, 2 bad usage.");

    public CompareCommandLine()
    {
        peers.Validators.Add(result => CheckList(result, peers, PeerNames.All));
        only.Validators.Add(result => CheckList(result, only, [.. Figure.All.Select(figure => figure.Name)]));
        foreach (var option in new Option[] { rounds, only, peers, quick, smoke, json, heliograph })
            root.Options.Add(option);
        foreach (var version in root.Options.OfType<VersionOption>().ToList())
            root.Options.Remove(version);
    }

    /// <summary>Parses the arguments and calls <paramref name="compare"/>, or prints the help or the errors in them.</summary>
    public int Run(string[] args, Func<ComparisonOptions, int> compare)
    {
        root.SetAction(result => compare(Read(result)));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        foreach (var error in result.Errors)
            Console.Error.WriteLine($"compare: {error.Message}");
        Console.Error.WriteLine("compare: see bench/compare --help");
        return 2;
    }

    private ComparisonOptions Read(ParseResult result)
    {
        var smokeRun = result.GetValue(smoke);
        var wanted = Split(result.GetValue(only)!);
        return new ComparisonOptions
        {
            HeliographCommand = result.GetValue(heliograph) ?? Launcher(),
            Peers = [.. PeerNames.All.Intersect(Split(result.GetValue(peers)!), StringComparer.Ordinal)],
            Figures = [.. Figure.All.Where(figure => wanted.Contains(figure.Name, StringComparer.Ordinal))],
            Sizes = smokeRun ? Sizes.Smoke : result.GetValue(quick) ? Sizes.Quick : Sizes.Full,
            Rounds = result.GetValue(rounds) ?? (smokeRun ? 1 : 5),
            Judged = !smokeRun,
            Json = result.GetValue(json),
        };
    }

    private static void CheckList(System.CommandLine.Parsing.OptionResult result, Option<string> option, IReadOnlyList<string> allowed)
    {
        var names = Split(result.GetValueOrDefault<string>() ?? "");
        var unknown = names.FirstOrDefault(name => !allowed.Contains(name, StringComparer.Ordinal));
        if (unknown is not null || names.Length == 0)
            result.AddError($"{option.Name} names '{unknown}'; allowed are {string.Join(", ", allowed)}.");
    }

    /// <summary>The launcher at the root of the repository, wherever the comparison is called from.</summary>
    private static string Launcher()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Heliograph.slnx")))
                return Path.Combine(directory.FullName, "heliograph");
        }

        return "./heliograph";
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
