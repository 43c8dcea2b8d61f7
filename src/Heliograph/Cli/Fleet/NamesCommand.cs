using System.CommandLine;
using System.Net;
using Heliograph.Acme;
using Heliograph.Configuration;
using Heliograph.Membership;
using Heliograph.Platform;

namespace Heliograph.Cli.Fleet;

/// <summary><c>heliograph fleet names add|move|retire|list</c>.</summary>
internal static class NamesCommand
{
    public static Command Create() => new DocumentedCommand("names", "Move the proxy's names between machines, by DNS.", $"""
        Each machine of a fleet has the certificate of all its domains, so a name moves by its A and AAAA records alone. They are changed by
        the program or the name server of acme.dns, as for dns-01, and may be remembered for 60 s. What the program has to do:
        {OperatingPages.Directory}/fleet.md. The fleet keeps a list of the names, sealed like everything else.
        """) { CreateAdd(), CreateMove(), CreateRetire(), CreateList() };

    private static DocumentedCommand CreateAdd()
    {
        var (options, name, machines, addresses) = Places();
        var command = new DocumentedCommand("add", "Let a name lead to machines, beside those that it leads to already.", """
            Examples:
              heliograph fleet names add proxy2.example.org vps2 vps3
              heliograph fleet names add proxy2.example.org --address 203.0.113.7

            The name has to be in the domains of those machines, so that they have a certificate for it.
            """) { name, machines, addresses };
        options.AddFileTo(command);
        command.SetAction((parsed, cancellationToken) => WithNamesAsync(options, parsed, name, (names, host) =>
            names.AddAsync(host, parsed.GetValue(machines) ?? [], ReadAddresses(parsed.GetValue(addresses)), cancellationToken)));
        return command;
    }

    private static DocumentedCommand CreateMove()
    {
        var (options, name, machines, addresses) = Places();
        var command = new DocumentedCommand("move", "Let a name lead to these machines and no others.", """
            Examples:
              heliograph fleet names move proxy.example.org vps3
              heliograph fleet names move proxy.example.org --address 203.0.113.7 --address 2001:db8::7

            It says how long resolvers may remember the addresses of before; so long, keep those machines up.
            """) { name, machines, addresses };
        options.AddFileTo(command);
        command.SetAction((parsed, cancellationToken) => WithNamesAsync(options, parsed, name, (names, host) =>
            names.MoveAsync(host, parsed.GetValue(machines) ?? [], ReadAddresses(parsed.GetValue(addresses)), cancellationToken)));
        return command;
    }

    private static DocumentedCommand CreateRetire()
    {
        var options = new ConfigurationOptions();
        var name = Name();
        var blocked = new Option<bool>("--blocked") { Description = "Because a censor blocks it; the list says so." };
        var command = new DocumentedCommand("retire", "Take all addresses of a name out of DNS.", $"""
            Examples:
              heliograph fleet names retire proxy.example.org --blocked

            The name stays in the list, so that nobody gives it out again.
            """) { name, blocked };
        options.AddFileTo(command);
        command.SetAction((parsed, cancellationToken) => WithNamesAsync(options, parsed, name, (names, host) =>
            names.RetireAsync(host, parsed.GetValue(blocked), cancellationToken)));
        return command;
    }

    private static DocumentedCommand CreateList()
    {
        var options = new ConfigurationOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON, for scripts." };
        var command = new DocumentedCommand("list", "Print the names, where they lead, and which are retired or blocked.", """
            Examples:
              heliograph fleet names list
              heliograph fleet names list --json

            The list has what these commands did; it asks no name server.
            """) { json };
        options.AddStateDirectoryTo(command);
        command.SetAction((parsed, cancellationToken) => FleetCommand.WithSetupAsync(options, parsed, async setup =>
        {
            using var access = setup.OpenAccess();
            await access.Documents.ReadAsync(cancellationToken);
            NameTable.Write(parsed.InvocationConfiguration.Output, access.Names, parsed.GetValue(json));
        }));
        return command;
    }

    private static (ConfigurationOptions Options, Argument<string> Name, Argument<string[]> Machines, Option<string[]> Given) Places() =>
    (
        new ConfigurationOptions(),
        Name(),
        new("MACHINE")
        {
            Description = "As status --fleet names it: the public addresses that it reports.",
            Arity = ArgumentArity.ZeroOrMore,
        },
        new("--address")
        {
            Description = "Instead of those that the machines report, as where a router translates them. May be repeated.",
            HelpName = "ADDRESS",
        });

    private static Argument<string> Name() => new("NAME") { Description = "The DNS name of a proxy." };

    private static Task<int> WithNamesAsync(
        ConfigurationOptions options, ParseResult parsed, Argument<string> name, Func<FleetNames, string, Task> work) =>
        FleetCommand.GuardAsync(async () =>
        {
            if (options.Load(parsed, parsed.InvocationConfiguration.Error).Settings is not { } settings)
                return ExitCode.BadUsage;
            var host = ReadName(parsed.GetValue(name)!);
            if (settings.Acme.Dns is not { } dns)
                throw new StartException(
                    $"this machine's configuration does not say who changes DNS: set {DnsKeys.Hook.Name}, or " +
                    $"{DnsKeys.Rfc2136Server.Name} with its key; {OperatingPages.Directory}/fleet.md, \"Move a name\"");
            using var setup = new FleetSetup(settings.StateDirectory);
            using var access = setup.OpenAccess();
            try
            {
                await work(
                    new FleetNames(
                        access,
                        new AddressRecords(dns, TimeProvider.System, setup.Logger),
                        settings.Domains,
                        TimeProvider.System,
                        parsed.InvocationConfiguration.Output),
                    host);
                return ExitCode.Done;
            }
            catch (AcmeException exception)
            {
                throw new StartException(exception.Message);
            }
        });

    private static string ReadName(string text) => FleetName.FindProblem(text, out var name) is { } problem
        ? throw new StartException($"\"{text}\": {problem}", ExitCode.BadUsage) : name;

    private static IPAddress[] ReadAddresses(string[]? words) =>
        [.. (words ?? []).Select(static word => InternetAddress.TryParse(word, out var address)
            ? address : throw new StartException($"--address \"{word}\" is no address, such as 203.0.113.7", ExitCode.BadUsage))];
}
