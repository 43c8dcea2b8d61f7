using System.Net;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Heliograph.Testing.Pebble;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>
/// The pods of one release, which are not started yet, with a real etcd, a real Pebble that asks the last of them, and a machine outside
/// that has made the fleet and runs no server.
/// </summary>
internal sealed class PodFleet : IAsyncDisposable
{
    private static readonly TimeSpan CommandBound = TimeSpan.FromSeconds(60);

    private readonly TempDirectory outside = new();
    private readonly Dictionary<string, byte[]> tokens = new(StringComparer.Ordinal);

    private PodFleet(EtcdServer etcd, PebbleServer pebble, Manifest manifest, IReadOnlyList<IPEndPoint> endpoints)
    {
        Etcd = etcd;
        Pebble = pebble;
        var set = manifest.All<V1StatefulSet>().Single();
        Pods = [.. endpoints.Select((endpoint, ordinal) => new Pod(manifest, $"{set.Metadata.Name}-{ordinal}") { Endpoint = endpoint })];
        Config = outside.Write("heliograph.yaml", $$"""
            domains: [{{Pod.Name}}]
            state_directory: "{{outside["state"]}}"

            """);
    }

    public EtcdServer Etcd { get; }

    public PebbleServer Pebble { get; }

    public IReadOnlyList<Pod> Pods { get; }

    /// <summary>How many orders the authority has accepted.</summary>
    public int Orders => Pebble.Log.Split('\n').Count(static line => line.Contains("Added order ", StringComparison.Ordinal));

    private string Config { get; }

    /// <param name="pods">How many. None of them has a token yet.</param>
    /// <param name="values">More values of the chart.</param>
    public static async Task<PodFleet> MakeAsync(int pods, params string[] values)
    {
        var endpoints = Enumerable.Range(0, pods).Select(static _ => LoopbackPort.Free()).ToList();
        var etcd = await EtcdServer.StartAsync();
        PebbleServer? pebble = null;
        PodFleet? fleet = null;
        try
        {
            pebble = await PebbleServer.StartAsync(new() { TlsPort = endpoints[^1].Port });
            var manifest = await Manifest.TemplateAsync(
            [
                .. Helm.Fleet, $"replicas={pods}", $"settings.acme.directory={pebble.DirectoryUrl}",
                "settings.acme.ca_root=/etc/heliograph/authority/root.pem", "settings.acme.challenges={tls-alpn-01}",
                "settings.alerts.self_check=off", "settings.limits.connect_timeout=1s", "drainSeconds=1",
                "volumes[0].name=authority", "volumes[0].configMap.name=authority", "volumeMounts[0].name=authority",
                "volumeMounts[0].mountPath=/etc/heliograph/authority", .. values,
            ]);
            fleet = new(etcd, pebble, manifest, endpoints);
            foreach (var pod in fleet.Pods)
                await pod.WriteAsync("authority", "root.pem", await File.ReadAllTextAsync(pebble.CaRootFile, Bound.Token));
            await fleet.CommandAsync("init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "office");
            return fleet;
        }
        catch
        {
            if (fleet is not null)
                await fleet.DisposeAsync();
            else
            {
                if (pebble is not null)
                    await pebble.DisposeAsync();
                await etcd.DisposeAsync();
            }
            throw;
        }
    }

    /// <summary>Runs <c>heliograph fleet</c> on the machine that made the fleet.</summary>
    public async Task<string> CommandAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["fleet", .. arguments, "--config", Config], CommandBound);
        Assert.True(exitCode == 0, output + errors);
        return output;
    }

    /// <summary>Makes a token for a pod, and puts it into the Secret, as all pods of the release see it.</summary>
    public async Task InviteAsync(Pod invited)
    {
        tokens[invited.PodName] = Encoding.ASCII.GetBytes(await CommandAsync("invite", invited.PodName));
        foreach (var pod in Pods)
            await pod.WriteSecretAsync("tokens", [.. tokens.Select(static one => (one.Key, one.Value))]);
    }

    /// <summary>Waits until all pods that run serve one and the same certificate of the authority's.</summary>
    /// <returns>Its serial number.</returns>
    public async Task<string> UntilAllServeAsync()
    {
        var served = "";
        await Polling.UntilAsync(
            async () =>
            {
                var all = new HashSet<string>(StringComparer.Ordinal);
                foreach (var pod in Pods.Where(static pod => pod.IsRunning))
                {
                    using var shown = await pod.ShownAsync();
                    if (!shown.Issuer.StartsWith("CN=Pebble ", StringComparison.Ordinal))
                        return false;
                    all.Add(served = shown.SerialNumber);
                }
                return all.Count == 1;
            },
            TimeSpan.FromSeconds(90),
            "not all pods serve one certificate");
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in Pods)
            await pod.DisposeAsync();
        await Pebble.DisposeAsync();
        await Etcd.DisposeAsync();
        outside.Dispose();
    }
}
