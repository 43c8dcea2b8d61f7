using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.HostLists;
using Heliograph.Platform;
using Heliograph.Relay.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Cli.Routes;

/// <summary><c>heliograph routes show|update|undo</c>.</summary>
internal static class RoutesCommand
{
    /// <summary>What says which hosts are relayed: with a proxy on the way, none is looked for under a zone.</summary>
    private static readonly IReadOnlyList<ConfigurationKey> KeysOfShow =
        [Keys.RouteSets, Keys.RouteHosts, Keys.RouteZones, Keys.UpstreamProxy, Keys.StateDirectory];

    private static readonly IReadOnlyList<ConfigurationKey> KeysOfUpdate = [Keys.RouteListKey, Keys.StateDirectory];

    private static readonly IReadOnlyList<ConfigurationKey> KeysOfUndo = [Keys.StateDirectory];

    public static Command Create() => new DocumentedCommand("routes", "Show the list of hosts that are relayed, or renew it.", """
        The program has a list of its own. A newer one, signed by the project, takes its place: never by itself, only by routes update.
        """) { CreateShow(), CreateUpdate(), CreateUndo() };

    private static DocumentedCommand CreateShow()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("show", "Show the version of the list, and the hosts that are relayed.", """
            Examples:
              heliograph routes show
              heliograph routes show --config /etc/heliograph/heliograph.yaml
            """);
        options.AddTo(command, KeysOfShow);
        command.SetAction((parsed, _) => Task.FromResult((int)(
            options.Load(parsed, parsed.InvocationConfiguration.Error, KeysOfShow) is { } settings
                ? Show(settings, parsed)
                : ExitCode.BadUsage)));
        return command;
    }

    private static DocumentedCommand CreateUpdate()
    {
        var options = new ConfigurationOptions();
        var source = new Argument<string>("FILE|URL")
        {
            Description = "The list: a file, or an address that starts with https://. Its signature lies beside it: FILE.minisig",
        };
        var force = new Option<bool>("--force") { Description = "Take a list that is older than the one in use." };
        var command = new DocumentedCommand("update", "Use a list of hosts that the project has signed, and show what it changes.", $"""
            Examples:
              heliograph routes update hosts.json
              heliograph routes update {ProjectAddress.LatestList}

            The list and its signature (hosts.json.minisig) are part of every release. The running server uses the new list at once, and the
            one before is kept: heliograph routes undo. Run it as the server's user or as root.
            """);
        command.Add(source);
        command.Add(force);
        options.AddTo(command, KeysOfUpdate);
        command.SetAction(
            async (parsed, cancellationToken) =>
                (int)(options.Load(parsed, parsed.InvocationConfiguration.Error, KeysOfUpdate) is { } settings
                    ? await UpdateAsync(settings, parsed.GetValue(source)!, parsed.GetValue(force), parsed, cancellationToken)
                    : ExitCode.BadUsage));
        return command;
    }

    private static DocumentedCommand CreateUndo()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("undo", "Go back to the list of hosts before the last update.", """
            Examples:
              heliograph routes undo

            The running server uses it at once. Called once more, it goes forward again.
            """);
        options.AddTo(command, KeysOfUndo);
        command.SetAction(
            async (parsed, cancellationToken) =>
                (int)(options.Load(parsed, parsed.InvocationConfiguration.Error, KeysOfUndo) is { } settings
                    ? await UndoAsync(settings, parsed, cancellationToken)
                    : ExitCode.BadUsage));
        return command;
    }

    private static ExitCode Show(Settings settings, ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        var list = Guarded(() => Store(settings).Read());
        output.WriteLine($"List {Describe(list)}");
        foreach (var route in RouteTable.Create(settings.Routes.Sets, settings.Routes.Hosts, settings.OpenZones, list).Routes)
            output.WriteLine(route.Endpoint.ToString() == $"{route.Name}:443" ? $"  {route.Name}" : $"  {route.Name} -> {route.Endpoint}");
        foreach (var zone in settings.OpenZones)
            output.WriteLine($"  other hosts under {zone} that exist");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> UpdateAsync(
        Settings settings, string source, bool force, ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var key = settings.Routes.ListKey ?? ProjectKey.Value ?? throw new StartException(
            "this build knows no key of the project's, so it can check no list: name a public key of minisign in " +
            $"{Keys.RouteListKey.Name}, or use the packages of a release", ExitCode.BadUsage);
        ProcessSetup.RequireOpenSsl();
        var (bytes, signature) = await ListSource.ReadAsync(source, cancellationToken);
        var offered = SignedList.Open(source, bytes, signature, key);
        var store = Store(settings);
        var inUse = Guarded(store.Read);
        var changes = ListDifference.Between(inUse, offered.List);
        if (offered.List.Version == inUse.Version && changes.Count == 0)
        {
            output.WriteLine($"List {Describe(inUse)} is in use already.");
            return ExitCode.Done;
        }
        output.WriteLine($"List {Describe(inUse)} is in use; the new one is {offered.List.Version}, signed by key {key.Id}:");
        foreach (var line in changes.DefaultIfEmpty("  nothing but the version differs"))
            output.WriteLine($"  {line.TrimStart()}");
        if (!force && ListUpdate.FindObstacle(inUse, offered) is { } obstacle)
            throw new StartException($"{source} is refused: {obstacle}");
        Guarded(() => store.Install(offered.Bytes));
        output.WriteLine(await ListCommand.AskAsync(settings.StateDirectory, TimeProvider.System, cancellationToken));
        return ExitCode.Done;
    }

    private static async Task<ExitCode> UndoAsync(Settings settings, ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var store = Store(settings);
        if (Guarded(store.ReadPrevious) is null)
            throw new StartException($"there was no update of the list in {settings.StateDirectory}, so there is nothing to undo");
        Guarded(store.Undo);
        output.WriteLine($"List {Describe(Guarded(store.Read))} is chosen again.");
        output.WriteLine(await ListCommand.AskAsync(settings.StateDirectory, TimeProvider.System, cancellationToken));
        return ExitCode.Done;
    }

    private static ListStore Store(Settings settings) => new(settings.StateDirectory, TimeProvider.System, NullLogger.Instance);

    private static string Describe(HostList list) => list == HostList.BuiltIn ? $"{list.Version} (the program's own)" : $"{list.Version}";

    private static void Guarded(Action use) => Guarded(() =>
    {
        use();
        return true;
    });

    private static T Guarded<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (StorageException exception)
        {
            throw new StartException($"{exception.Message.TrimEnd('.')}, and run this command as the server's user or as root (sudo)");
        }
    }
}
