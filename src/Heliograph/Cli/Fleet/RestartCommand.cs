using System.CommandLine;

namespace Heliograph.Cli.Fleet;

/// <summary><c>heliograph fleet restart</c>.</summary>
internal static class RestartCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var machine = new Option<string[]>("--machine")
        {
            Description = "Only this one, as status --fleet names it. May be repeated. [default: all]",
            HelpName = "NAME",
        };
        var command = new DocumentedCommand("restart", "Restart the servers of all machines, one at a time.", """
            Examples:
              heliograph fleet restart
              heliograph fleet restart --machine vps2 --machine vps3

            Run it on any machine of the fleet, after an upgrade of the program on all of them for example. Each machine first looks whether
            its configuration has errors. Then it accepts no more, lets open connections end within limits.drain_timeout, and the installed
            program takes its place, with the same ports: whoever connects meanwhile waits a moment and is not refused. The next machine
            begins when this one serves again. The first one that does not ends the command; a machine that is down is skipped,
            and the command fails if --machine has named it.
            A change of systemd's unit needs systemctl restart on each machine.
            """);
        command.Add(machine);
        options.AddStateDirectoryTo(command);
        command.SetAction((parsed, cancellationToken) => FleetCommand.WithSetupAsync(options, parsed, async setup =>
        {
            using var access = setup.OpenAccess();
            await new FleetRestart(access, parsed.InvocationConfiguration.Output)
                .RunAsync(parsed.GetValue(machine) ?? [], cancellationToken);
        }));
        return command;
    }
}
