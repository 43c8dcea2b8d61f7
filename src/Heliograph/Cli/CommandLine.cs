using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Heliograph.Cli.Certificate;
using Heliograph.Cli.Check;
using Heliograph.Cli.Fleet;
using Heliograph.Cli.Init;
using Heliograph.Cli.Link;
using Heliograph.Cli.Routes;
using Heliograph.Cli.Site;
using Heliograph.Cli.Status;
using Heliograph.Configuration;

namespace Heliograph.Cli;

/// <summary>The commands, and the errors of a command line.</summary>
internal static class CommandLine
{
    private static readonly string More = $"""
        Examples:
          heliograph demo
          heliograph init
          heliograph run --domain proxy.example.org
          heliograph link proxy.example.org
          heliograph check proxy.example.org
          heliograph status --watch
          heliograph certificate show
          heliograph routes update hosts.json
          heliograph config validate --config /etc/heliograph/heliograph.yaml

        Exit codes: 0 done, 2 bad usage or configuration, 3 done with warnings, 1 anything else.
        Heliograph is not a product of Signal. Its home: {ProjectAddress.Repository}
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = Build();
        // A value may start with '@' or hold several letters after one dash; both would be misread.
        var parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
            return (int)Refuse(parsed, error);
        try
        {
            // Commands handle signals themselves.
            return await parsed.InvokeAsync(
                new()
                {
                    Output = output,
                    Error = error,
                    ProcessTerminationTimeout = null,
                    EnableDefaultExceptionHandler = false,
                });
        }
        catch (StartException exception)
        {
            error.WriteLine($"heliograph: {exception.Message}");
            return (int)exception.Code;
        }
        catch (Exception exception)
        {
            error.WriteLine(
                $"heliograph: {UnexpectedError.Describe(exception).ReplaceLineEndings(" ")} " +
                "(heliograph run --log-level debug shows more)");
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>All commands. The manual page is generated from them too.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand(
            "A Signal TLS proxy in one process: relays Signal's clients, and is an ordinary web site to everyone else.")
        {
            InitCommand.Create(),
            RunCommand.Create(),
            LinkCommand.Create(),
            CheckCommand.Create(),
            StatusCommand.Create(),
            SiteCommand.Create(),
            DemoCommand.Create(),
            CertificateCommand.Create(),
            RoutesCommand.Create(),
            FleetCommand.Create(),
            AlertsCommand.Create(),
            ConfigCommand.Create(),
            CompletionCommand.Create(),
        };
        foreach (var option in root.Options)
        {
            if (option is VersionOption version)
            {
                version.Recursive = true;
                version.Description = "Show the version";
                version.Action = new ShowVersion();
            }
            if (option is HelpOption help)
            {
                help.Description = "Show help";
                // From another system; completion would offer them.
                help.Aliases.Remove("/?");
                help.Aliases.Remove("/h");
                help.Action = new ShowHelp(More);
            }
        }
        return root;
    }

    /// <summary>One line for each error, and where to read more.</summary>
    private static ExitCode Refuse(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        if (command.Action is null && parsed.UnmatchedTokens.Count == 0)
            error.WriteLine(
                $"heliograph: a command is missing; available: {string.Join(", ", command.Subcommands.Select(static c => c.Name))}");
        // The word after an unknown option may be its value.
        foreach (var (index, word) in parsed.UnmatchedTokens.Index())
        {
            if (index == 0 || word.StartsWith('-'))
                error.WriteLine($"heliograph: {Unknown(word, command)}");
        }
        foreach (var problem in parsed.Errors.Where(problem => problem.SymbolResult is not System.CommandLine.Parsing.CommandResult))
            error.WriteLine($"heliograph: {problem.Message}");
        error.WriteLine($"Try: {Path(command)} --help");
        return ExitCode.BadUsage;
    }

    private static string Unknown(string word, Command command)
    {
        var isOption = word.StartsWith('-');
        var names = isOption
            ? command
                .Options.Concat(
                    command.Parents.OfType<Command>().SelectMany(static parent => parent.Options.Where(static o => o.Recursive)))
                .Select(static option => option.Name)
            : command.Subcommands.Select(static sub => sub.Name);
        var name = word.Split('=')[0];
        var near = Suggestion.Nearest(name, names) is { } found ? $"; did you mean {found}?" : "";
        return isOption ? $"unknown option {name}{near}"
            : command.Subcommands.Count > 0 ? $"unknown command {name}{near}"
            : $"unexpected argument \"{word}\"";
    }

    private static string Path(Command command) =>
        command is RootCommand ? "heliograph" : $"{string.Join(' ', command.Parents.OfType<Command>().Select(Path))} {command.Name}";

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"heliograph {ProductVersion.Text}");
            return (int)ExitCode.Done;
        }
    }

    private sealed class ShowHelp(string rootMore) : SynchronousCommandLineAction
    {
        private readonly HelpAction help = new() { MaxWidth = 120 };

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var more = parseResult.CommandResult.Command switch
            {
                RootCommand => rootMore,
                DocumentedCommand documented => documented.More,
                _ => null,
            };
            if (more is not null)
                parseResult.InvocationConfiguration.Output.WriteLine(more);
            return (int)ExitCode.Done;
        }
    }
}
