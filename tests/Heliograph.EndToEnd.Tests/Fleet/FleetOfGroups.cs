using Heliograph.EndToEnd.Tests.Access;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Etcd;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>Machines of one fleet with unlisted names and a wildcard certificate, all running, and a real etcd.</summary>
internal sealed class FleetOfGroups : IAsyncDisposable
{
    private static readonly TimeSpan SharedBound = TimeSpan.FromSeconds(30);

    private readonly string innerName;
    private readonly TestAuthority authority = new();
    private readonly List<Proxy> machines = [];
    private readonly List<string> alone = [];
    private StandInSignal signal = null!;
    private EtcdServer etcd = null!;

    private FleetOfGroups(string innerName) => this.innerName = innerName;

    public EtcdServer Etcd => etcd;

    /// <summary>The links that the machines had made before there was a fleet.</summary>
    public IReadOnlyList<string> Alone => alone;

    /// <param name="machines">How many.</param>
    /// <param name="innerName">Signal's host, which the clients ask for.</param>
    /// <param name="alone">A group that each machine makes while it is alone; null: none.</param>
    public static async Task<FleetOfGroups> MakeAsync(int machines, string innerName, string? alone = null)
    {
        Proxy.NeedsHeliograph();
        var fleet = new FleetOfGroups(innerName);
        try
        {
            await fleet.StartAsync(machines, alone);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public Groups GroupsOf(int machine) => new(machines[machine].Config);

    public string ConfigOf(int machine) => machines[machine].Config;

    public Uri MonitoringOf(int machine) => machines[machine].Monitoring;

    public string StateOf(int machine, string file) => Path.Combine(machines[machine].Directory["state"], file);

    public TlsInTlsOptions Client(int machine, string name) => machines[machine].Client(innerName) with { OuterName = name };

    public Task StopAsync(int machine) => EndAsync(machine, Processes.SIGTERM);

    public Task KillAsync(int machine) => EndAsync(machine, Processes.SIGKILL);

    public Task StartAgainAsync(int machine) => machines[machine].StartAgainAsync();

    /// <summary>Waits until a name leads to Signal on a machine.</summary>
    public Task UntilRelayedAsync(int machine, string name) => Polling.UntilAsync(
        async () =>
        {
            try
            {
                await using var client = await TlsInTlsClient.ConnectAsync(Client(machine, name), Bound.Token);
                return true;
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                return false;
            }
        },
        SharedBound,
        $"the name does not lead to Signal on machine {machine}");

    /// <summary>Whoever comes for Signal under this name sees what a visitor sees.</summary>
    public async Task AssertWebSiteAsync(int machine, string name)
    {
        var hello = await InnerHello.ForAsync(innerName);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(machine, name), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        using var reader = new StreamReader(client.Outer);
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(Bound.Token));
    }

    public void AssertLogsAtTraceHaveNone(IReadOnlyList<string> secrets)
    {
        foreach (var log in machines.Select(static machine => machine.Program.AllOutput))
        {
            Assert.NotEmpty(log);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Echoes until the connection ends.</summary>
    public static async Task PumpAsync(Stream stream)
    {
        try
        {
            var bytes = new byte[10_000];
            while (true)
            {
                await stream.WriteAsync(bytes, Bound.Token);
                await stream.ReadExactlyAsync(bytes, Bound.Token);
            }
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines)
            await machine.DisposeAsync();
        if (signal is not null)
            await signal.DisposeAsync();
        if (etcd is not null)
            await etcd.DisposeAsync();
        authority.Dispose();
    }

    private async Task StartAsync(int count, string? group)
    {
        signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, innerName), StandInBehaviour.EchoAsync);
        etcd = await EtcdServer.StartAsync();
        var settings = new ProxySettings
        {
            Domains = [Groups.Domain, "*." + Groups.Domain],
            Routes = ProxySettings.Route(innerName, signal.Endpoint),
            More = "access: { mode: unlisted }",
            Arguments = ["--log-level", "trace"],
            Metrics = "listen: [\"127.0.0.1:0\"], machine: true",
        };
        for (var machine = 0; machine < count; machine++)
        {
            machines.Add(await Proxy.StartAsync(settings, authority));
            if (group is not null)
                alone.Add(await GroupsOf(machine).LinkAsync("new", group));
            await StopAsync(machine);
        }
        await FleetMachine.RunAsync(
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps0", "--config", ConfigOf(0));
        for (var machine = 1; machine < count; machine++)
        {
            var token = await FleetMachine.RunAsync("fleet", "invite", $"vps{machine}", "--config", ConfigOf(0));
            await FleetMachine.RunAsync("fleet", "join", token.Trim(), "--config", ConfigOf(machine));
        }
        await Task.WhenAll(machines.Select(static machine => machine.StartAgainAsync()));
    }

    private async Task EndAsync(int machine, int signal)
    {
        machines[machine].Program.Signal(signal);
        await machines[machine].Program.WaitForExitAsync(Bound.Prompt);
    }
}
