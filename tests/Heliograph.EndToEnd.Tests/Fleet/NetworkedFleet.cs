using System.Net;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>
/// A fleet whose machines and whose etcd each have a network namespace, with a real Pebble beside them. All have joined and are not started
/// yet.
/// </summary>
internal sealed class NetworkedFleet : IAsyncDisposable
{
    public const string Etcd = "etcd";

    private readonly EtcdServer etcd;

    private NetworkedFleet(FleetNetwork network, EtcdServer etcd, PebbleServer pebble, IReadOnlyList<FleetMachine> machines)
    {
        Network = network;
        this.etcd = etcd;
        Pebble = pebble;
        Machines = machines;
    }

    public FleetNetwork Network { get; }

    public PebbleServer Pebble { get; }

    public IReadOnlyList<FleetMachine> Machines { get; }

    /// <summary>How many certificates the authority has issued.</summary>
    public int Certificates => JoinedFleet.CountCertificates(Pebble);

    /// <param name="machines">How many.</param>
    /// <param name="challenge">By which the authority asks them, all at the same port.</param>
    /// <param name="seconds">How long a certificate is valid; null: for years.</param>
    public static async Task<NetworkedFleet> MakeAsync(int machines, string challenge = JoinedFleet.TlsAlpn, int? seconds = null)
    {
        string[] names = [.. Enumerable.Range(1, machines).Select(static number => $"vps{number}")];
        var network = await FleetNetwork.MakeAsync([.. names, Etcd]);
        EtcdServer? etcd = null;
        PebbleServer? pebble = null;
        try
        {
            etcd = await EtcdServer.StartAsync(new IPEndPoint(network.AddressOf(Etcd), 2379), network.In(Etcd));
            var (tls, http) = (LoopbackPort.Free().Port, LoopbackPort.Free().Port);
            pebble = await PebbleServer.StartAsync(
                new() { Address = network.Own.ToString(), TlsPort = tls, HttpPort = http, CertificateSeconds = seconds });
            var fleet = new NetworkedFleet(network, etcd, pebble, [.. names.Select(Make)]);
            await fleet.JoinAsync(challenge);
            return fleet;

            FleetMachine Make(string name) => new(
                name, new(network.AddressOf(name), tls), new(network.AddressOf(name), http), network.In(name));
        }
        catch
        {
            if (pebble is not null)
                await pebble.DisposeAsync();
            if (etcd is not null)
                await etcd.DisposeAsync();
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts all of them, and waits until all serve the one certificate that one of them orders.</summary>
    public async Task StartAsync()
    {
        await Pebble.PointAsync(Machines[0].Proxy.Tls.Address);
        // A validator waits for 15 s only, and on a busy machine five programs may take longer to start.
        Pebble.Freeze();
        await Task.WhenAll(Machines.Select(static machine => machine.StartAsync()));
        Pebble.Thaw();
        await UntilAllServeAsync(static _ => true);
    }

    /// <summary>Waits until all serve one and the same certificate of the authority's.</summary>
    /// <returns>Its serial number.</returns>
    public async Task<string> UntilAllServeAsync(Func<string, bool> fits)
    {
        var served = "";
        await Polling.UntilAsync(
            async () =>
            {
                var all = new HashSet<string>(StringComparer.Ordinal);
                foreach (var machine in Machines)
                {
                    using var seen = await machine.Proxy.SeenAsync();
                    if (seen.Issuer == "CN=Throw-away CA" || !fits(seen.SerialNumber))
                        return false;
                    all.Add(served = seen.SerialNumber);
                }
                return all.Count == 1;
            },
            TimeSpan.FromSeconds(90),
            "not all machines serve one certificate");
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in Machines)
            await machine.DisposeAsync();
        await Pebble.DisposeAsync();
        await etcd.DisposeAsync();
        await Network.DisposeAsync();
    }

    private async Task JoinAsync(string challenge)
    {
        try
        {
            foreach (var machine in Machines)
                machine.Configure(Pebble, $"challenges: [{challenge}]");
            await Machines[0].InitAsync(etcd);
            foreach (var machine in Machines.Skip(1))
                await machine.JoinAsync(Machines[0]);
        }
        catch
        {
            foreach (var machine in Machines)
                await machine.DisposeAsync();
            throw;
        }
    }
}
