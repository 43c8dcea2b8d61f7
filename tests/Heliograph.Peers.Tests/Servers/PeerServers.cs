using System.Net;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

[assembly: AssemblyFixture(typeof(Heliograph.Peers.Tests.Servers.PeerServers))]

namespace Heliograph.Peers.Tests.Servers;

/// <summary>Pairs of servers that differ in what a conversation needs.</summary>
internal enum PeerKind
{
    /// <summary>certbot's choice of a key, and the default limits.</summary>
    Ecdsa,

    /// <summary>A certificate with an RSA key.</summary>
    Rsa,

    /// <summary>One with so many names that the flight is longer than the 4,096 bytes that OpenSSL collects.</summary>
    Long,

    /// <summary>Both wait for one second, for a handshake and for what follows it.</summary>
    Impatient,

    /// <summary>For sessions that have to stay for seconds: other tests' visitors would push them out of the 256 that we keep.</summary>
    Undisturbed,
}

/// <summary>nginx with certbot's options and the built program, with the same certificate and the same site, for all tests.</summary>
public sealed class PeerServers : IAsyncLifetime
{
    public const string Name = "proxy.example";

    private readonly Dictionary<PeerKind, Lazy<Task<Pair>>> pairs = Enum.GetValues<PeerKind>()
        .ToDictionary(static kind => kind, static kind => new Lazy<Task<Pair>>(() => Pair.StartAsync(kind)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var pair in pairs.Values.Where(static pair => pair.IsValueCreated))
            await (await pair.Value).DisposeAsync();
    }

    internal async Task<(IPEndPoint Nginx, IPEndPoint Ours)> GetAsync(PeerKind kind)
    {
        var pair = await pairs[kind].Value;
        return (pair.Nginx.EndPoint, pair.Ours.Endpoints[0]);
    }

    private sealed record Pair(TempDirectory Directory, NginxWithCertbotsOptions Nginx, HeliographProcess Ours) : IAsyncDisposable
    {
        public static async Task<Pair> StartAsync(PeerKind kind)
        {
            var directory = new TempDirectory();
            using var authority = new TestAuthority();
            string[] names =
            [
                Name, .. kind == PeerKind.Long ? Enumerable.Range(1, 200).Select(static number => $"name-{number}.{Name}") : [],
            ];
            var certificate = authority.Issue(kind == PeerKind.Rsa ? TestKey.Rsa : TestKey.Ecdsa, names);
            var (chain, key) = certificate.WriteTo(directory);
            var root = Site.WriteTo(directory);
            var isImpatient = kind == PeerKind.Impatient;
            var nginx = await NginxWithCertbotsOptions.StartAsync(
                certificate, Site.NginxDirectives(root) + (isImpatient ? "client_header_timeout 1s;" : ""));
            var ours = await HeliographProcess.StartAsync(
                directory.Write(
                    "heliograph.yaml",
                    $$"""
                    domains: ["{{Name}}"]
                    listen: ["127.0.0.1:0"]
                    http: { listen: [] }
                    certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
                    decoy: { directory: "{{root}}", like: {{ComparedNginx.Profile}} }
                    limits: { {{(isImpatient ? "handshake_timeout: 1s, hello_timeout: 1s" : "")}} }
                    metrics: { listen: [] }
                    state_directory: "{{directory["state"]}}"

                    """),
                directory.Path);
            return new(directory, nginx, ours);
        }

        public async ValueTask DisposeAsync()
        {
            await Ours.DisposeAsync();
            await Nginx.DisposeAsync();
            Directory.Dispose();
        }
    }
}
