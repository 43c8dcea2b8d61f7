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

    /// <summary>For the proxies; the load has as many of its own, if the machine has them.</summary>
    public required int Processors { get; init; }

    /// <summary>The system in which the proxies run; null: this one.</summary>
    public required DirectoryInfo? In { get; init; }
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
        CustomParser = static result => WholeNumber(result, "--rounds", 1, 100),
    };

    private readonly Option<int?> idle = new("--idle")
    {
        Description =
            "How many idle connections; 5000 if not given. As root the comparison has a network of its own then, with ports for them.",
        HelpName = "N",
        CustomParser = static result => WholeNumber(result, "--idle", 1, 1_000_000),
    };

    private readonly Option<int?> processors = new("--processors")
    {
        Description =
            "Processors for the proxies, with a worker on each, and as many others for the load; 1 if not given. With more than one, also "
            + "how many times the round trips of one worker they do. If the machine has too few, it says what is measured instead.",
        HelpName = "N",
        CustomParser = static result => WholeNumber(result, "--processors", 1, 512),
    };

    private readonly Option<DirectoryInfo?> root = new("--in")
    {
        Description = "Run the proxies in the Debian in this directory (root), such as ./test trixie makes in artifacts/trixie.",
        HelpName = "DIR",
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

    private readonly RootCommand command = new(
        "Measures heliograph beside Signal's own nginx pair, HAProxy and a bare relay in C on loopback, and prints the table of\n"
        + "docs/benchmarks.md, with the noise of each ratio: the lowest and the highest within one round.\n"
        + "Exit code: 0 every bar is met, 1 one is not or the measurement failed, 2 bad usage.");

    public CompareCommandLine()
    {
        peers.Validators.Add(result => CheckList(result, peers, PeerNames.All));
        only.Validators.Add(result => CheckList(result, only, [.. Figure.All.Select(figure => figure.Name)]));
        foreach (var option in new Option[] { rounds, only, peers, idle, processors, root, quick, smoke, json, heliograph })
            command.Options.Add(option);
        foreach (var version in command.Options.OfType<VersionOption>().ToList())
            command.Options.Remove(version);
    }

    /// <summary>Parses the arguments and calls <paramref name="compare"/>, or prints the help or the errors in them.</summary>
    public int Run(string[] args, Func<ComparisonOptions, int> compare)
    {
        command.SetAction(result => compare(Read(result)));
        var result = command.Parse(args);
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
        var sizes = smokeRun ? Sizes.Smoke : result.GetValue(quick) ? Sizes.Quick : Sizes.Full;
        return new ComparisonOptions
        {
            HeliographCommand = result.GetValue(heliograph) ?? Repository.PathOf("heliograph"),
            Peers = [.. PeerNames.All.Intersect(Split(result.GetValue(peers)!), StringComparer.Ordinal)],
            Figures = [.. Figure.All.Where(figure => wanted.Contains(figure.Name, StringComparer.Ordinal))],
            Sizes = sizes with { IdleConnections = result.GetValue(idle) ?? sizes.IdleConnections },
            Rounds = result.GetValue(rounds) ?? (smokeRun ? 1 : 5),
            Judged = !smokeRun,
            Json = result.GetValue(json),
            Processors = result.GetValue(processors) ?? 1,
            In = result.GetValue(root),
        };
    }

    private static void CheckList(System.CommandLine.Parsing.OptionResult result, Option<string> option, IReadOnlyList<string> allowed)
    {
        var names = Split(result.GetValueOrDefault<string>() ?? "");
        var unknown = names.FirstOrDefault(name => !allowed.Contains(name, StringComparer.Ordinal));
        if (unknown is not null || names.Length == 0)
            result.AddError($"{option.Name} names '{unknown}'; allowed are {string.Join(", ", allowed)}.");
    }

    private static int? WholeNumber(System.CommandLine.Parsing.ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        result.AddError($"{name} is '{text}'; it must be a whole number from {least} to {most}.");
        return null;
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
