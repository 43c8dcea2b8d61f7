using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.EndToEnd.Tests.Systemd;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary><c>heliograph fleet restart</c>: one machine at a time, and no client is refused.</summary>
[Trait("Needs", "server")]
public sealed class FleetRestartTests(ITestOutputHelper output)
{
    private const int Clients = 200;
    private const string Host = "storage.signal.org";

    /// <summary>Each client is somewhere in its connection.</summary>
    private const int AnswersBefore = 400;

    private const string NoRoutes = "routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }";

    private static readonly TimeSpan RestartBound = TimeSpan.FromSeconds(240);

    /// <summary>They are plain processes, whose own sockets are handed on: no service manager holds them.</summary>
    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task Three_machines_restart_one_after_the_other_under_200_clients_and_nobody_is_refused_or_reset()
    {
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var fleet = await JoinedFleet.MakeAsync(machines: 3, asked: 0);
        fleet.Gate.Open();
        // Generous for a busy machine: connected clients finish at once, so neither timeout is ever waited for.
        foreach (var machine in fleet.Machines)
            machine.Configure(fleet.Pebble, $"{Host}: \"{upstream.Endpoint}\"", "drain_timeout: 60s, handover_timeout: 60s");
        await fleet.Machines[0].StartAsync();
        await fleet.Machines[0].Proxy.IssuedAsync();
        var serial = await fleet.Machines[0].SerialAsync();
        foreach (var machine in fleet.Machines.Skip(1))
        {
            await machine.StartAsync();
            await JoinedFleet.UntilServedAsync(machine, serial);
        }
        var processes = fleet.Machines.Select(static machine => machine.Proxy.Program.Id).ToList();

        var hello = await InnerHello.ForAsync(Host);
        var answers = 0;
        using var enough = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(client => ConnectAgainAndAgainAsync(
                fleet.Machines, client, hello, () => Interlocked.Increment(ref answers), enough.Token))
            .ToList();
        await Polling.UntilAsync(
            () => answers > AnswersBefore || clients.Exists(static client => client.IsCompleted),
            RestartBound,
            "the clients get no answers");
        var (code, printed, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["fleet", "restart", "--config", fleet.Machines[1].Proxy.Config], RestartBound);
        var after = answers;
        await Polling.UntilAsync(
            () => answers > after + AnswersBefore || clients.Exists(static client => client.IsCompleted),
            RestartBound,
            "the clients get no answers afterwards");
        await enough.CancelAsync();
        var failures = (await Task.WhenAll(clients)).Where(static failure => failure is not null).ToList();
        output.WriteLine(printed + $"{answers} answers");

        Assert.True(failures.Count == 0, $"{failures.Count} of {Clients} clients failed; the first: {failures.FirstOrDefault()}");
        Assert.True(code == 0, errors);
        Assert.Matches(
            @"\Avps1: draining \.\.\. up again after \d+ s\nvps2: draining \.\.\. up again after \d+ s\n" +
            @"vps3: draining \.\.\. up again after \d+ s\n3 machines restarted\.\n\z",
            printed);
        foreach (var (machine, process) in fleet.Machines.Zip(processes))
        {
            // Another program under the same number, which a service manager watches.
            Assert.Equal(2, machine.Proxy.Program.Output.Split('\n').Count(static line => line == "ready"));
            Assert.False(machine.Proxy.Program.HasExited);
            Assert.Equal(process, machine.Proxy.Program.Id);
            Assert.Equal(serial, await machine.SerialAsync());
        }
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_whose_next_start_would_fail_goes_on_and_ends_the_command_and_one_that_is_down_is_skipped()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 4, asked: 0);
        fleet.Gate.Open();
        await fleet.Machines[0].StartAsync();
        await fleet.Machines[0].Proxy.IssuedAsync();
        var serial = await fleet.Machines[0].SerialAsync();
        foreach (var machine in fleet.Machines.Skip(2))
            await machine.StartAsync();
        await File.AppendAllTextAsync(fleet.Machines[2].Proxy.Config, "no_such_key: 1\n", Bound.Token);

        var (code, printed, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["fleet", "restart", "--config", fleet.Machines[0].Proxy.Config], RestartBound);
        Assert.Equal(1, code);
        Assert.Matches(@"\Avps2: down, skipped\nvps1: draining \.\.\. up again after \d+ s\n\z", printed);
        Assert.StartsWith("heliograph: vps3 does not restart: ", errors, StringComparison.Ordinal);
        Assert.Contains("no_such_key", errors, StringComparison.Ordinal);
        Assert.EndsWith(
            "Look at it on vps3: systemctl status heliograph, journalctl -u heliograph. Not restarted: vps4; once vps3 is well, go on " +
            "with: heliograph fleet restart --machine vps4\n",
            errors,
            StringComparison.Ordinal);
        Assert.Equal(serial, await fleet.Machines[2].SerialAsync());
        Assert.Matches(
            @"\Avps4: draining \.\.\. up again after \d+ s\n1 machine restarted\.\n\z",
            await FleetMachine.RunAsync("fleet", "restart", "--machine", "vps4", "--config", fleet.Machines[0].Proxy.Config));
        (code, _, errors) = await FleetMachine.TryAsync(
            "fleet", "restart", "--machine", "vps9", "--config", fleet.Machines[0].Proxy.Config);
        Assert.Equal(2, code);
        Assert.Equal("heliograph: no machine is called vps9; these are in the fleet: vps1, vps2, vps3, vps4\n", errors);
        (code, printed, errors) = await FleetMachine.TryAsync(
            "fleet", "restart", "--machine", "vps2", "--config", fleet.Machines[0].Proxy.Config);
        Assert.Equal((1, "vps2: down, skipped\n0 machines restarted; down: vps2.\n"), (code, printed));
        Assert.Equal(
            "heliograph: down, and not restarted: vps2. Look at it there: systemctl status heliograph, journalctl -u heliograph\n", errors);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Under_a_service_manager_the_process_and_its_sockets_stay_and_it_is_not_told_of_an_end()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var service = new ManagedService();
        var config = await InitAsync(etcd, service, NoRoutes);
        service.Start(NoRoutes, environment: ("WATCHDOG_USEC", "60000000"));
        await service.Notify.WaitForAsync("READY=1");
        for (var restart = 0; restart < 2; restart++)
        {
            await UntilUpAsync(config);
            Assert.EndsWith(
                "1 machine restarted.\n", await FleetMachine.RunAsync("fleet", "restart", "--config", config), StringComparison.Ordinal);
            var ready = await service.Notify.WaitForAsync("READY=1");
            Assert.Contains("WATCHDOG=1", ready);
            // The last that the process before has sent.
            Assert.Equal("WATCHDOG=1", service.Notify.Heard[service.Notify.Heard.LastIndexOf(string.Join('\n', ready)) - 1]);
            Assert.StartsWith("HTTP/1.1 200", await service.VisitAsync(), StringComparison.Ordinal);
        }
        Assert.Single(
            service.Manager.Output.Split('\n'), static line => line.StartsWith("service-manager: started ", StringComparison.Ordinal));
        // It was blocked until the last program could handle it.
        service.Manager.Signal(Processes.SIGHUP);
        await service.Notify.WaitForAsync("RELOADING=1");
        await service.Notify.WaitForAsync("READY=1");
        service.Manager.Signal(Processes.SIGTERM);
        await service.Notify.WaitForAsync("STOPPING=1");
        Assert.Single(service.Notify.Heard, static message => message.Contains("STOPPING=1", StringComparison.Ordinal));
        Assert.Equal(0, await service.Manager.WaitForExitAsync(RestartBound));
        Assert.Single(service.Manager.Output.Split('\n'), static line => line.EndsWith("ended with 0, signal 0", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task All_sockets_stay_whoever_has_opened_them_and_a_reload_request_meanwhile_does_no_harm()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var service = new ManagedService { More = [LoopbackPort.Free(), LoopbackPort.Free(), LoopbackPort.Free()] };
        IReadOnlyList<IPEndPoint> all = [service.Https, service.Http, .. service.More];
        var config = await InitAsync(etcd, service, NoRoutes);
        // Those that the service manager does not hold are the program's own.
        service.Start(NoRoutes, [$"{service.Https}"]);
        await service.Notify.WaitForAsync("READY=1");
        var sockets = all.Select(Inode).ToList();
        Assert.Equal(all.Count, sockets.Distinct().Count());
        for (var restart = 0; restart < 2; restart++)
        {
            await UntilUpAsync(config);
            var command = FleetMachine.RunAsync("fleet", "restart", "--config", config);
            await Polling.UntilAsync(
                () =>
                {
                    service.Manager.Signal(Processes.SIGHUP);
                    return command.IsCompleted;
                },
                RestartBound,
                "the restart does not end");
            Assert.EndsWith("1 machine restarted.\n", await command, StringComparison.Ordinal);
            Assert.Equal(sockets, all.Select(Inode));
            foreach (var address in service.More.Prepend(service.Https))
            {
                await using var client = await TlsInTlsClient.ConnectOuterAsync(
                    service.Client("b.example") with { Proxy = address }, Bound.Token);
            }
            using var http = new TcpClient();
            await http.ConnectAsync(service.Http, Bound.Token);
        }

        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (before, added) = (service.More, LoopbackPort.Free());
        service.More = [.. before, (IPEndPoint)taken.LocalEndpoint];
        service.Write(NoRoutes);
        await UntilUpAsync(config);
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "restart", "--config", config);
        Assert.Equal(1, code);
        Assert.StartsWith(
            $"heliograph: vps1 does not restart: cannot listen on {taken.LocalEndpoint}: another program has the port", errors,
            StringComparison.Ordinal);
        service.More = [before[0], added];
        service.Write(NoRoutes);
        await FleetMachine.RunAsync("fleet", "restart", "--config", config);
        Assert.Equal(sockets[..3], all.Take(3).Select(Inode));
        Assert.NotNull(Inode(added));
        Assert.Null(Inode(before[1]));
        Assert.Single(
            service.Manager.Output.Split('\n'), static line => line.StartsWith("service-manager: started ", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_has_to_stop_while_it_drains_for_a_restart_says_so()
    {
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var etcd = await EtcdServer.StartAsync();
        await using var service = new ManagedService();
        var settings = $"routes: {{ hosts: {{ {Host}: \"{upstream.Endpoint}\" }}, sets: [] }}";
        var config = await InitAsync(etcd, service, settings);
        service.Start(settings);
        await service.Notify.WaitForAsync("READY=1");
        await UntilUpAsync(config);
        await using (await service.ConnectAsync(Host))
        {
            await using var command = ChildProcess.Start(HeliographProcess.Program, ["fleet", "restart", "--config", config]);
            await service.Notify.WaitForAsync("STATUS=draining, up to 8 connections left");
            service.Manager.Signal(Processes.SIGTERM);
            Assert.Contains(
                await service.Notify.WaitForAsync("STOPPING=1"),
                static line => line.StartsWith("EXTEND_TIMEOUT_USEC=", StringComparison.Ordinal));
        }
        Assert.Equal(0, await service.Manager.WaitForExitAsync(RestartBound));
        Assert.Contains("Restarting in place: ", service.Manager.Errors, StringComparison.Ordinal);
        Assert.Contains("Stopped; ", service.Manager.Errors, StringComparison.Ordinal);
    }

    /// <returns>The configuration of the only machine of a new fleet.</returns>
    private static async Task<string> InitAsync(EtcdServer etcd, ManagedService service, string settings)
    {
        Directory.CreateDirectory(service.Directory["state"]);
        service.Write(settings);
        var config = service.Directory["heliograph.yaml"];
        await FleetMachine.RunAsync(
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", config);
        return config;
    }

    private static Task UntilUpAsync(string config) => Polling.UntilAsync(
        async () => (await FleetMachine.RunAsync("status", "--fleet", "--config", config)).StartsWith("1 of 1", StringComparison.Ordinal),
        RestartBound,
        "the machine does not report");

    /// <summary>Of the socket that listens at an address of 127.0.0.1 (proc(5), /proc/net/tcp); null: none does.</summary>
    private static string? Inode(IPEndPoint address)
    {
        const string listening = "0A";
        var local = $"0100007F:{address.Port.ToString("X4", CultureInfo.InvariantCulture)}";
        return File.ReadLines("/proc/net/tcp")
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[1] == local && fields[3] == listening)?[9];
    }

    /// <returns>What failed; null: every connection got its echo.</returns>
    private static async Task<Exception?> ConnectAgainAndAgainAsync(
        IReadOnlyList<FleetMachine> machines, int client, byte[] hello, Action answered, CancellationToken cancellationToken)
    {
        try
        {
            for (var visit = client; !cancellationToken.IsCancellationRequested; visit++)
            {
                await EchoAsync(machines[visit % machines.Count].Proxy, hello);
                answered();
            }
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static async Task EchoAsync(AcmeProxy proxy, byte[] hello)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.Tls, Bound.Token);
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = AcmeProxy.Name }, Bound.Token);
        await tls.WriteAsync(hello, Bound.Token);
        var echo = new byte[hello.Length];
        await tls.ReadExactlyAsync(echo, Bound.Token);
        Assert.Equal(hello, echo);
    }
}
