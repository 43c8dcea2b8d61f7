using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Fleet;
using Heliograph.Fleet.Etcd;
using Heliograph.Membership;
using Heliograph.Platform;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Fleet;

/// <summary><c>heliograph fleet etcd|init|invite|join|remove|restore|leave|restart|names</c>.</summary>
internal static class FleetCommand
{
    /// <summary>Etcd's file with root's password has one line.</summary>
    private const int LongestPassword = 1024;

    /// <summary>More than the longest token, and so not cut to one that could be right.</summary>
    private const int LongestToken = 32 * 1024;

    /// <summary>Machines that are up take a new key within seconds; after that they report anew.</summary>
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(20);

    public static Command Create() => new DocumentedCommand("fleet", "Let several machines share one certificate and one web site.", $"""
        Machines of a fleet share through etcd, which sees sealed documents only: one of them orders the certificate, all serve it. What
        they share goes on being used while etcd is away. {OperatingPages.Directory}/fleet.md leads through it.
        heliograph status --fleet shows all machines.
        """) { CreateEtcd(), CreateInit(), CreateInvite(), CreateJoin(), CreateRemove(), CreateRestore(), CreateLeave(),
            RestartCommand.Create(), NamesCommand.Create(), };

    private static DocumentedCommand CreateEtcd()
    {
        var directory = new Argument<string>("DIRECTORY")
        {
            Description = "A new directory for etcd's configuration, certificate and key.",
        };
        var address = new Option<string>("--address")
        {
            Description = "The address of this machine by which the others reach etcd, best in a private network.",
            HelpName = "ADDRESS",
            Required = true,
        };
        var port = new Option<int?>("--port") { Description = $"[default: {EtcdFiles.DefaultPort}]", HelpName = "PORT" };
        port.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is not (null or (>= 1 and <= 65535)))
                result.AddError("--port: a port is a number from 1 to 65535");
        });
        address.Validators.Add(static result =>
        {
            // etcd listens on no name.
            if (result.GetValueOrDefault<string>() is { } word && !InternetAddress.TryParse(word, out _))
                result.AddError($"--address \"{word}\" is no address; etcd listens on addresses only, such as 10.0.0.1");
        });
        var command = new DocumentedCommand("etcd", "Write the configuration of an etcd for a fleet, with TLS.", """
            Examples:
              heliograph fleet etcd /etc/heliograph-etcd --address 10.0.0.1

            It starts nothing, and says what to do next. One etcd is enough: the fleet goes on without it, and fills an empty one again.
            """) { directory, address, port };
        command.SetAction(parsed => (int)WriteEtcd(
            parsed, parsed.GetValue(directory)!, parsed.GetValue(address)!, parsed.GetValue(port) ?? EtcdFiles.DefaultPort));
        return command;
    }

    private static DocumentedCommand CreateInit()
    {
        var options = new ConfigurationOptions();
        var endpoint = new Option<string[]>("--endpoint")
        {
            Description = "Where etcd is, such as https://10.0.0.1:2379. May be repeated, one for each member.",
            HelpName = "URL",
            Required = true,
        };
        var pin = new Option<string[]>("--pin")
        {
            Description = "The SHA-256 of etcd's public key, 64 hexadecimal digits, as fleet etcd prints it. May be repeated.",
            HelpName = "SHA256",
        };
        var password = new Option<string?>("--etcd-password-file")
        {
            Description = "A file with the password of etcd's root, if etcd asks for one already.",
            HelpName = "FILE",
        };
        var node = new Option<string?>("--name")
        {
            Description = "This machine's name in the fleet. [default: the host's name]",
            HelpName = "NAME",
        };
        var command = new DocumentedCommand("init", "Make a fleet of this machine: others can join then.", """
            Examples:
              heliograph fleet init --endpoint https://10.0.0.1:2379 --pin 3f0c88d1...
              heliograph fleet init --endpoint https://10.0.0.1:2379 --pin 3f0c88d1... --etcd-password-file etcd-password

            It gives etcd users and passwords, draws the fleet's key, and puts the certificate and the web site of this machine into the
            fleet. etcd never sees what is shared. Restart the server afterwards.
            """);
        command.Add(endpoint);
        command.Add(pin);
        command.Add(password);
        command.Add(node);
        options.AddFileTo(command);
        command.SetAction((parsed, cancellationToken) => GuardAsync(async () =>
        {
            if (options.Load(parsed, parsed.InvocationConfiguration.Error).Settings is not { } settings)
                return ExitCode.BadUsage;
            var name = RequireName(parsed.GetValue(node) ?? Environment.MachineName);
            var etcd = new EtcdOptions
            {
                Endpoints = [.. parsed.GetValue(endpoint)!.Select(ReadEndpoint)],
                Pins = parsed.GetValue(pin) ?? [],
            };
            using var setup = new FleetSetup(settings.StateDirectory);
            await setup.InitAsync(
                settings, etcd, ReadFile(password.Name, parsed.GetValue(password), LongestPassword), name, cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine($"""
                This machine is the first of a new fleet, as {name}.

                Next:
                  restart the server here        systemctl restart heliograph
                  make a token for each other    heliograph fleet invite NAME
                """);
            return ExitCode.Done;
        }));
        return command;
    }

    private static DocumentedCommand CreateInvite()
    {
        var options = new ConfigurationOptions();
        var node = new Argument<string>("NAME") { Description = "The new machine's name in the fleet." };
        var command = new DocumentedCommand("invite", "Let a machine in: prints the token with which it joins.", """
            Examples:
              heliograph fleet invite vps2

            Run it on the machine that made the fleet. Who has the token can read all that the fleet shares, the certificate's key too:
            carry it over SSH, and keep it nowhere. Inviting a name again makes its earlier token useless.
            """) { node };
        options.AddStateDirectoryTo(command);
        command.SetAction((parsed, cancellationToken) => WithSetupAsync(options, parsed, async setup =>
            parsed.InvocationConfiguration.Output.WriteLine(
                await setup.InviteAsync(RequireName(parsed.GetValue(node)!), cancellationToken))));
        return command;
    }

    private static DocumentedCommand CreateJoin()
    {
        var options = new ConfigurationOptions();
        var token = new Argument<string>("TOKEN")
        {
            Description = "What fleet invite printed. Without it, or with -: from standard input, so that no list of processes shows it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var file = new Option<string?>("--token-file")
        {
            Description = "A file with the token, such as one of a mounted Secret.",
            HelpName = "FILE",
        };
        var command = new DocumentedCommand("join", "Join the fleet of a token.", """
            Examples:
              heliograph fleet join
              ssh vps1 sudo heliograph fleet invite vps2 | heliograph fleet join
              heliograph fleet join --token-file /etc/heliograph/fleet/proxy-0

            It asks etcd first, and changes nothing if that does not answer. Configure this machine for the same domains, and restart its
            server afterwards. A machine that has joined by this token already stays as it is, and etcd is not asked.
            """) { token, file };
        options.AddStateDirectoryTo(command);
        command.SetAction((parsed, cancellationToken) => WithSetupAsync(options, parsed, async setup =>
        {
            if (parsed.GetValue(token) is not null && parsed.GetValue(file) is not null)
                throw new StartException("give the token, or a file with it (--token-file), not both", ExitCode.BadUsage);
            var output = parsed.InvocationConfiguration.Output;
            var joining = await setup.JoinAsync(
                ReadFile(file.Name, parsed.GetValue(file), LongestToken) ?? ReadToken(parsed.GetValue(token) ?? "-", output),
                cancellationToken);
            output.WriteLine(joining.WasDone
                ? $"This machine has joined by this token already, as {joining.Name}: nothing was changed."
                : $"This machine is in the fleet, as {joining.Name}. Restart the server: systemctl restart heliograph");
            if (joining.GroupsBefore is { } groups)
                output.WriteLine(
                    $"Its groups are the fleet's after that. The links that it had until now no longer work; they are kept in {groups}.");
        }));
        return command;
    }

    private static DocumentedCommand CreateRemove()
    {
        var options = new ConfigurationOptions();
        var node = new Argument<string>("NAME") { Description = "The machine, as status --fleet names it." };
        var compromised = new Option<bool>("--compromised")
        {
            Description = "The machine is in the wrong hands: replace the certificate and the account's key, too.",
        };
        var command = new DocumentedCommand("remove", "Shut a machine out of the fleet.", """
            Examples:
              heliograph fleet remove vps2
              heliograph fleet remove vps2 --compromised

            Run it on the machine that made the fleet. etcd forgets the machine, and everything is put under a new key, which the others get
            by themselves, those that are down when they come back. What the machine knew it still knows: it has the key of today's
            certificate and of the ACME account, and serves the certificate until you stop it. If it is in the wrong hands, add
            --compromised: the account gets a new key, a certificate with a new key is ordered, and the one of before is revoked. If
            something of that fails, the machines that are up try it again.
            """) { node, compromised };
        options.AddStateDirectoryTo(command);
        command.SetAction((parsed, cancellationToken) => WithSetupAsync(options, parsed, async setup =>
        {
            var name = parsed.GetValue(node)!;
            var isCompromised = parsed.GetValue(compromised);
            var removal = await setup.RemoveAsync(name, isCompromised, RemovalPatience, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"{name} is shut out, and the fleet has a new key.");
            if (removal.Late.Count > 0)
                output.WriteLine($"Not seen with the new key yet: {string.Join(", ", removal.Late)}. They take it as soon as they can.");
            if (removal.Own is { } own)
                output.WriteLine(
                    $"{name} serves a certificate that no other machine has, serial number {own.CertificateSerial}, valid until " +
                    $"{own.CertificateUntil:yyyy-MM-dd}. If the machine is in the wrong hands, have its authority revoke that: nothing " +
                    "here can, and until then whoever has its key can use it. Logs of certificate transparency, such as crt.sh, have it.");
            if (isCompromised)
            {
                using var access = setup.OpenAccess();
                await new CompromisedKeys(access, options.Load(parsed).Settings, output, setup.Logger)
                    .ReplaceAsync(setup.StateDirectory, removal, cancellationToken);
            }
            else
            {
                output.WriteLine(
                    $"{name} still has the key of the certificate. Replace that if the machine is in the wrong hands:\n" +
                    "  heliograph certificate revoke --reason key-compromise\n  heliograph certificate roll-account-key");
            }
        }));
        return command;
    }

    private static DocumentedCommand CreateRestore()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("restore", "Give an etcd that has lost its data the users of before.", """
            Examples:
              heliograph fleet restore

            Run it on the machine that made the fleet. Everything else the machines put back by themselves, within seconds. It can be run at
            any time; it changes nothing in an etcd that has lost nothing.
            """);
        options.AddStateDirectoryTo(command);
        command.SetAction((parsed, cancellationToken) => WithSetupAsync(options, parsed, async setup =>
            parsed.InvocationConfiguration.Output.WriteLine(
                $"etcd knows {Count(await setup.RestoreAsync(cancellationToken), "machine")} of the fleet.")));
        return command;
    }

    private static DocumentedCommand CreateLeave()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("leave", "Make this machine one of its own again.", """
            Examples:
              heliograph fleet leave

            It forgets the fleet's key, and keeps the certificate of its domains, the ACME accounts and the groups as its own. From then on
            it renews for itself. etcd keeps this machine's user. The machine that made the fleet keeps the password of etcd's root.
            """);
        options.AddTo(command, [Keys.StateDirectory, Keys.Domains]);
        command.SetAction((parsed, cancellationToken) => WithSetupAsync(options, parsed, async setup =>
        {
            var domains = options.Load(parsed, parsed.InvocationConfiguration.Error, [Keys.Domains])?.Domains ?? [];
            var hasCertificate = await setup.LeaveAsync(domains, cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine(
                "This machine is in no fleet any more. Restart the server: systemctl restart heliograph");
            if (!hasCertificate)
                parsed.InvocationConfiguration.Output.WriteLine(
                    "The fleet has no certificate for its domains. With certificate.source: acme, the server orders one.");
        }));
        return command;
    }

    private static ExitCode WriteEtcd(ParseResult parsed, string directory, string address, int port)
    {
        var pin = EtcdFiles.Write(directory, address, port, TimeProvider.System.GetUtcNow());
        var full = Path.GetFullPath(directory);
        parsed.InvocationConfiguration.Output.WriteLine($"""
            {full} has etcd's configuration, its certificate and its key.

            On Debian and Ubuntu, as root:
              apt-get install etcd-server
              chown -R etcd: {full}
              echo ETCD_CONFIG_FILE={full}/etcd.yaml >> /etc/default/etcd
              systemctl restart etcd

            Then make the fleet, on the machine whose certificate all shall have:
              heliograph fleet init --endpoint https://{(address.Contains(':') ? $"[{address}]" : address)}:{port} \
                --pin {pin}

            Only the fleet's machines should reach port {port}: use a private network, or let a firewall close it to all others.
            """);
        return ExitCode.Done;
    }

    internal static Task<int> WithSetupAsync(ConfigurationOptions options, ParseResult parsed, Func<FleetSetup, Task> work) =>
        GuardAsync(async () =>
        {
            if (options.StateDirectory(parsed, parsed.InvocationConfiguration.Error) is not { } stateDirectory)
                return ExitCode.BadUsage;
            using var setup = new FleetSetup(stateDirectory);
            await work(setup);
            return ExitCode.Done;
        });

    internal static async Task<int> GuardAsync(Func<Task<ExitCode>> work)
    {
        try
        {
            return (int)await work();
        }
        catch (Exception exception) when (exception is FleetException or StorageException)
        {
            throw new StartException(exception.Message);
        }
    }

    private static Uri ReadEndpoint(string word) => Uri.TryCreate(word, UriKind.Absolute, out var uri) ? uri : throw new StartException(
        $"--endpoint \"{word}\" is no address; write it as https://10.0.0.1:2379", ExitCode.BadUsage);

    private static string RequireName(string name) => FleetMembership.FindProblem(name) is { } problem
        ? throw new StartException($"\"{name}\": {problem}", ExitCode.BadUsage) : name;

    private static string ReadToken(string word, TextWriter output)
    {
        if (word != "-")
            return word;
        if (!Console.IsInputRedirected)
            output.Write("Paste the token: ");
        return Console.In.ReadLine() ?? "";
    }

    /// <returns>Null: no file is given.</returns>
    private static string? ReadFile(string option, string? file, int longest)
    {
        if (file is null)
            return null;
        try
        {
            using var reader = new StreamReader(file);
            var buffer = new char[longest];
            return new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{option} {file} cannot be read: {FileProblem.Describe(exception)}");
        }
    }
}
