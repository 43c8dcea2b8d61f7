using System.CommandLine;
using System.Globalization;
using System.Text;
using Heliograph.Cli;

namespace Heliograph.PackageTool;

/// <summary>heliograph(1), written from the commands themselves: <c>--help</c> and the page cannot differ.</summary>
internal static class ManualPage
{
    public static string Write(RootCommand root, string version, DateTimeOffset date)
    {
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture, $".TH HELIOGRAPH 1 {date.UtcDateTime:yyyy-MM-dd} \"heliograph {version}\" \"User Commands\"\n");
        page.Append(".SH NAME\nheliograph \\- Signal TLS proxy in one process\n");
        page.Append(".SH SYNOPSIS\n.B heliograph\n.I COMMAND\n.RI [ OPTIONS ]\n");
        Section(page, "DESCRIPTION", root.Description!);
        Options(page, root);
        page.Append(".SH COMMANDS\n");
        foreach (var command in Leaves(root))
            Describe(page, command);
        Section(page, "FILES", "");
        Entry(
            page,
            "/etc/heliograph/heliograph.yaml",
            "The configuration. Each key can also be set in the environment: HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m.");
        Entry(
            page,
            "/var/lib/heliograph",
            "The state: the certificate with its key, the account at the certificate authority, the seed of the web site.");
        Section(page, "SIGNALS", "");
        Entry(page, "SIGTERM, SIGINT", "Stop accepting connections, wait for open ones for limits.drain_timeout, and exit.");
        Entry(page, "SIGHUP", "Load the changed configuration, and check at once whether a certificate has changed or is due for renewal.");
        Section(page, "EXIT STATUS", "");
        Entry(page, "0", "Done.");
        Entry(page, "1", "It failed.");
        Entry(page, "2", "The command line or the configuration cannot be used.");
        Entry(page, "3", "Done, but something keeps the proxy from working.");
        Section(page, "REPORTING BUGS", $"{ProjectAddress.Repository}/issues");
        Section(page, "SEE ALSO", $"The files in /usr/share/doc/heliograph/docs/operating; {ProjectAddress.Repository}");
        return page.ToString();
    }

    // The commands that can be run, in the order of the help.
    private static IEnumerable<Command> Leaves(Command command) =>
        command
            .Subcommands.Where(static sub => !sub.Hidden)
            .SelectMany(static sub => sub.Subcommands.Count > 0 ? Leaves(sub).Prepend(sub) : [sub]);

    private static void Describe(StringBuilder page, Command command)
    {
        page.Append(CultureInfo.InvariantCulture, $".SS {Escape(Path(command))}\n");
        Paragraph(page, command.Description!);
        foreach (var argument in command.Arguments.Where(static argument => !argument.Hidden))
            Entry(page, (argument.HelpName ?? argument.Name).ToUpperInvariant(), argument.Description ?? "");
        Options(page, command);
        if (command is DocumentedCommand { More: var more })
            page.Append(CultureInfo.InvariantCulture, $".PP\n.nf\n{EscapeLines(more)}\n.fi\n");
    }

    private static void Options(StringBuilder page, Command command)
    {
        foreach (var option in command.Options.Where(static option => !option.Hidden))
        {
            var names = string.Join(
                ", ",
                option
                    .Aliases.Append(option.Name)
                    .Where(static name => name.StartsWith('-'))
                    .OrderBy(static name => name.Length)
                    .ThenBy(static name => name, StringComparer.Ordinal));
            Entry(page, option.HelpName is { } value ? $"{names} <{value}>" : names, option.Description ?? "");
        }
    }

    private static void Section(StringBuilder page, string name, string text)
    {
        page.Append(CultureInfo.InvariantCulture, $".SH \"{name}\"\n");
        if (text.Length > 0)
            Paragraph(page, text);
    }

    private static void Paragraph(StringBuilder page, string text) => page.Append(EscapeLines(text)).Append('\n');

    private static void Entry(StringBuilder page, string term, string text) =>
        page.Append(CultureInfo.InvariantCulture, $".TP\n.B {Escape(term)}\n{EscapeLines(text)}\n");

    private static string Path(Command command) =>
        command is RootCommand ? "heliograph" : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";

    private static string EscapeLines(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(Escape));

    // groff_char(7): a literal hyphen is written \-; a line that begins with a dot or an apostrophe would be a request.
    private static string Escape(string line)
    {
        var escaped = line.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? $"\\&{escaped}" : escaped;
    }
}
