using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>
/// Machines that have joined one fleet and are not started yet, with a real etcd, and a real Pebble that asks one of them, whoever orders.
/// </summary>
internal sealed class JoinedFleet : IAsyncDisposable
{
    public const string TlsAlpn = "tls-alpn-01";
    public const string Http = "http-01";

    private static readonly TimeSpan SharedBound = TimeSpan.FromSeconds(60);

    private JoinedFleet(EtcdServer etcd, PebbleServer pebble, Gate gate, IReadOnlyList<FleetMachine> machines)
    {
        Etcd = etcd;
        Pebble = pebble;
        Gate = gate;
        Machines = machines;
    }

    public EtcdServer Etcd { get; }

    public PebbleServer Pebble { get; }

    /// <summary>In front of the machine that is asked.</summary>
    public Gate Gate { get; }

    public IReadOnlyList<FleetMachine> Machines { get; }

    /// <summary>How many certificates the authority has issued.</summary>
    public int Certificates => CountCertificates(Pebble);

    /// <param name="machines">How many.</param>
    /// <param name="asked">Which one of them the authority asks, from 0.</param>
    /// <param name="challenge">By which challenge.</param>
    public static async Task<JoinedFleet> MakeAsync(int machines, int asked, string challenge = TlsAlpn)
    {
        var made = Enumerable.Range(1, machines).Select(static number => new FleetMachine($"vps{number}")).ToList();
        var (tls, http) = (made[asked].Proxy.Tls, made[asked].Proxy.Http);
        var gate = new Gate(challenge == Http ? http : tls);
        // Nothing listens at the port of the other challenge.
        var options = challenge == Http ? new PebbleOptions { HttpPort = gate.Port } : new PebbleOptions { TlsPort = gate.Port };
        var fleet = new JoinedFleet(await EtcdServer.StartAsync(), await PebbleServer.StartAsync(options), gate, made);
        try
        {
            foreach (var machine in made)
                machine.Configure(fleet.Pebble, $"challenges: [{challenge}]");
            await made[0].InitAsync(fleet.Etcd);
            foreach (var machine in made.Skip(1))
                await machine.JoinAsync(made[0]);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public static int CountCertificates(PebbleServer pebble) =>
        pebble.Log.Split('\n').Count(static line => line.Contains("Issued certificate serial ", StringComparison.Ordinal));

    public static Task UntilServedAsync(FleetMachine machine, string serial) => Polling.UntilAsync(
        async () => await machine.SerialAsync() == serial, SharedBound, $"{machine.Name} does not serve the shared certificate");

    /// <summary>Waits until a machine answers a challenge of <c>tls-alpn-01</c>.</summary>
    public static Task UntilAnsweredAsync(FleetMachine machine) => Polling.UntilAsync(
        () => AnswersAsync(machine), SharedBound, $"{machine.Name} does not answer the challenge");

    public static async Task<bool> AnswersAsync(FleetMachine machine)
    {
        try
        {
            using var seen = await machine.Proxy.SeenAsync(AcmeProxy.Name, "acme-tls/1");
            return seen.Subject == "CN=ACME validation";
        }
        catch (System.Security.Authentication.AuthenticationException)
        {
            // Nothing to validate: the protocol is refused.
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in Machines)
            await machine.DisposeAsync();
        await Pebble.DisposeAsync();
        await Gate.DisposeAsync();
        await Etcd.DisposeAsync();
    }
}
