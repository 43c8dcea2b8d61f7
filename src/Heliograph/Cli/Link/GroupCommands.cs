using System.CommandLine;
using System.Globalization;
using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Sharing;

namespace Heliograph.Cli.Link;

/// <summary><c>heliograph link new|list|show|revoke|rotate</c>: a name of its own for each group of people.</summary>
internal static class GroupCommands
{
    private const string DurationSyntax = "a whole number with its unit s, m, h or d, such as 12h or 30d";

    private static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(90);
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromDays(3);

    public static IEnumerable<Command> Create() => [CreateNew(), CreateList(), CreateShow(), CreateRevoke(), CreateRotate()];

    /// <summary>The link of the only group that there is.</summary>
    /// <exception cref="StartException">There is none, or there are several.</exception>
    public static async Task<ShareLink> FindOnlyAsync(Settings settings, CancellationToken cancellationToken)
    {
        var groups = (await GroupBook.AskAsync(settings, new() { Command = AccessCommands.List }, cancellationToken)).Groups ?? [];
        return groups.Where(static group => !group.Expired).ToList() switch
        {
            [] => throw new StartException(
                "access.mode is unlisted, and no group has a link yet: make one with heliograph link new family", ExitCode.BadUsage),
            [var only] => new(only.Current!.Host),
            var several => throw new StartException(
                $"access.mode is unlisted, and each group has a link of its own: name one (heliograph link show {several[0].Name}); " +
                "heliograph link list shows all",
                ExitCode.BadUsage),
        };
    }

    private static GroupCommand CreateNew()
    {
        var expires = Duration(
            "--expires", "The link works for this long. Without it: until it is revoked.", TimeSpan.FromSeconds(1), LongestExpiry);
        var limit = new Option<int?>("--limit")
        {
            Description = "Connections of the group at a time; further ones see the web site. One phone uses about ten.",
            HelpName = "N",
            CustomParser = static result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number is > 0 and <= AccessBook.MostConnections)
                    return number;
                result.AddError(
                    $"--limit \"{result.Tokens[0].Value}\": not a number of connections; allowed: a whole number from 1 to " +
                    $"{AccessBook.MostConnections}");
                return null;
            },
        };
        var command = new GroupCommand("new", "Make a link for a group of people: a name of its own, which nobody can guess.", """
            Examples:
              heliograph link new family
              heliograph link new conference --expires 30d --limit 200

            GROUP is your word for these people. heliograph status and link list show it; metrics and alerts only with access.metrics and
            access.alerts.
            The link works at once, and after every restart. One group a name: what leaks can then be revoked without touching the others.
            """);
        var shown = command.WithLink();
        command.Add(expires);
        command.Add(limit);
        command.Run(async (settings, group, parsed, cancellationToken) =>
        {
            var request = new ControlRequest
            {
                Command = AccessCommands.New,
                Group = group,
                Expires = parsed.GetValue(expires),
                Limit = parsed.GetValue(limit) ?? 0,
            };
            var code = Show(await AskOneAsync(settings, request, cancellationToken), settings, shown, parsed);
            if (!settings.Access.IsUnlisted)
                parsed.InvocationConfiguration.Error.WriteLine(
                    "warning: access.mode is open, so every other name of this proxy leads to Signal's hosts as well; set " +
                    "access.mode: unlisted once people have their links.");
            return code;
        });
        return command;
    }

    private static GroupCommand CreateShow()
    {
        var command = new GroupCommand("show", "Show the link of a group again.", """
            Examples:
              heliograph link show family
              heliograph link show family --png family.png
            """);
        var shown = command.WithLink();
        command.Run(async (settings, group, parsed, cancellationToken) =>
        {
            var groups = (await GroupBook.AskAsync(settings, new() { Command = AccessCommands.List }, cancellationToken)).Groups ?? [];
            if (groups.FirstOrDefault(one => one.Name == group) is not { } found)
                throw new StartException(
                    $"there is no group {group}; " +
                    (Suggestion.Nearest(group, groups.Select(static one => one.Name)) is { } near
                        ? $"did you mean {near}?" : "heliograph link list shows them, and link new makes one"));
            return Show(found, settings, shown, parsed);
        });
        return command;
    }

    private static GroupCommand CreateRevoke()
    {
        var command = new GroupCommand("revoke", "End the links of a group, and its open connections, at once.", """
            Examples:
              heliograph link revoke family

            Who opens the name afterwards sees the web site, as under every other name. New names are drawn at random: that a
            revoked one comes back has a chance of one in 2 x 10^14.
            """);
        command.Run(async (settings, group, parsed, cancellationToken) =>
        {
            var answer = await GroupBook.AskAsync(settings, new() { Command = AccessCommands.Revoke, Group = group }, cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine(answer.Message);
            return ExitCode.Done;
        });
        return command;
    }

    private static GroupCommand CreateRotate()
    {
        var grace = Duration(
            "--grace", $"How long the link before still works. [default: {Values.Write(DefaultGrace)}]", TimeSpan.Zero, LongestGrace);
        var command = new GroupCommand("rotate", "Give a group another link. The one before works for a while.", """
            Examples:
              heliograph link rotate family
              heliograph link rotate family --grace 12h
              heliograph link rotate family --grace 0s         if the name is being probed: at once

            Send the new link to the group while the old one still works, over Signal itself.
            """);
        var shown = command.WithLink();
        command.Add(grace);
        command.Run(async (settings, group, parsed, cancellationToken) =>
        {
            var request = new ControlRequest
            {
                Command = AccessCommands.Rotate,
                Group = group,
                Grace = parsed.GetValue(grace) ?? DefaultGrace,
            };
            var rotated = await AskOneAsync(settings, request, cancellationToken);
            var code = Show(rotated, settings, shown, parsed);
            parsed.InvocationConfiguration.Error.WriteLine(
                rotated.Names.SkipLast(1).Max(static name => name.Until) is { } end
                    ? string.Create(CultureInfo.InvariantCulture, $"The link before works until {end:yyyy-MM-dd HH:mm} UTC.")
                    : "The link before works no more.");
            return code;
        });
        return command;
    }

    private static DocumentedCommand CreateList()
    {
        var configuration = new ConfigurationOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON, with the names." };
        var command = new DocumentedCommand("list", "Show the groups: connections now, bytes, when last used, whether probed.", """
            Examples:
              heliograph link list
              heliograph link list --json

            Counts are rounded up to multiples of 8, bytes to megabytes, times to the day. It does not show the links, so that you can show
            it to others: heliograph link show GROUP does.
            """);
        configuration.AddStateDirectoryTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (configuration.Load(parsed, parsed.InvocationConfiguration.Error).Settings is not { } settings)
                return (int)ExitCode.BadUsage;
            var groups = (await GroupBook.AskAsync(settings, new() { Command = AccessCommands.List }, cancellationToken)).Groups ?? [];
            GroupTable.Write(parsed.InvocationConfiguration.Output, groups, parsed.GetValue(json));
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static async Task<GroupReport> AskOneAsync(Settings settings, ControlRequest request, CancellationToken cancellationToken) =>
        (await GroupBook.AskAsync(settings, request, cancellationToken)).Groups is [var group]
            ? group
            : throw new StartException("the running server does not know this command; restart it if it is older than this program");

    private static ExitCode Show(GroupReport group, Settings settings, LinkOptions shown, ParseResult parsed)
    {
        if (group.Current is not { } name)
            throw new StartException(
                $"the group {group.Name} expired on {group.Expires:yyyy-MM-dd}; remove it (heliograph link revoke {group.Name}) and make " +
                $"it anew (heliograph link new {group.Name})");
        LinkCommand.Warn(settings, shown.FindTexts(parsed), parsed.InvocationConfiguration.Error);
        return shown.Show([new ShareLink(name.Host)], parsed);
    }

    private static Option<TimeSpan?> Duration(string name, string description, TimeSpan shortest, TimeSpan longest) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            if (Values.Duration(shortest, longest)(word, out var value) is { } problem)
                result.AddError($"{name} \"{word}\": {problem}; allowed: {DurationSyntax}");
            return value;
        },
    };

    /// <summary>A command about one group.</summary>
    private sealed class GroupCommand : DocumentedCommand
    {
        private readonly ConfigurationOptions configuration = new();
        private readonly Argument<string> group = new("GROUP") { Description = "The group: " + GroupName.Allowed + "." };

        public GroupCommand(string name, string description, string more)
            : base(name, description, more)
        {
            Add(group);
            configuration.AddStateDirectoryTo(this);
        }

        /// <summary>The options of one that shows a link.</summary>
        public LinkOptions WithLink()
        {
            var shown = new LinkOptions();
            shown.AddTo(this);
            return shown;
        }

        public void Run(Func<Settings, string, ParseResult, CancellationToken, Task<ExitCode>> run) =>
            SetAction(async (parsed, cancellationToken) =>
            {
                var (error, text) = (parsed.InvocationConfiguration.Error, parsed.GetValue(group)!);
                if (GroupName.Parse(text, out var name) is { } problem)
                {
                    error.WriteLine($"heliograph: \"{text}\": {problem}; allowed: {GroupName.Allowed}");
                    return (int)ExitCode.BadUsage;
                }
                return configuration.Load(parsed, error).Settings is { } settings
                    ? (int)await run(settings, name, parsed, cancellationToken)
                    : (int)ExitCode.BadUsage;
            });
    }
}
