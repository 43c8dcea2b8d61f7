using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Etcd;

/// <summary>A real etcd on loopback, over TLS: one member, or one of several. It can be killed, wiped, stopped and started again.</summary>
public sealed class EtcdServer : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new("etcd test authority");
    private readonly bool isPlain;
    private readonly string[] more;
    private readonly IReadOnlyList<string> wrapper;
    private ChildProcess? process;

    private EtcdServer(bool isPlain, string[] more, IPEndPoint? clients = null, IReadOnlyList<string>? wrapper = null)
    {
        this.isPlain = isPlain;
        this.more = more;
        this.wrapper = wrapper ?? [];
        Clients = clients ?? LoopbackPort.Free();
        authority.Issue(TestKey.Ecdsa, "127.0.0.1").WriteTo(directory);
    }

    public string Name { get; } = $"m{RandomNumberGenerator.GetHexString(6, lowercase: true)}";

    public IPEndPoint Clients { get; }

    public Uri Endpoint => new(Url);

    /// <summary>SHA-256 of its SubjectPublicKeyInfo.</summary>
    public string Pin
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(directory["chain.pem"]));
            return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        }
    }

    public string DataDirectory => directory["data"];

    /// <summary>Without TLS, for etcdctl.</summary>
    private IPEndPoint Control { get; } = LoopbackPort.Free();

    private IPEndPoint Peers { get; } = LoopbackPort.Free();

    private string Url => $"{(isPlain ? "http" : "https")}://{Clients}";

    private string Member => $"{Name}=http://{Peers}";

    /// <param name="isPlain">HTTP instead of HTTPS.</param>
    /// <param name="more">Options of etcd's.</param>
    public static async Task<EtcdServer> StartAsync(bool isPlain = false, params string[] more)
    {
        var server = new EtcdServer(isPlain, more);
        await StartTogetherAsync([server]);
        return server;
    }

    /// <param name="clients">Where it is asked.</param>
    /// <param name="wrapper">A command with arguments that becomes etcd by exec.</param>
    public static async Task<EtcdServer> StartAsync(IPEndPoint clients, IReadOnlyList<string> wrapper)
    {
        var server = new EtcdServer(isPlain: false, [], clients, wrapper);
        await StartTogetherAsync([server]);
        return server;
    }

    /// <summary>A cluster.</summary>
    public static async Task<IReadOnlyList<EtcdServer>> StartClusterAsync(int members)
    {
        EtcdServer[] servers = [.. Enumerable.Range(0, members).Select(static _ => new EtcdServer(isPlain: false, []))];
        await StartTogetherAsync(servers);
        return servers;
    }

    /// <summary>Starts it again after a kill, with what is in its data directory.</summary>
    public async Task StartAgainAsync()
    {
        Start(Member);
        await WaitAsync();
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        process!.Signal(Processes.SIGKILL);
        await process.WaitForExitAsync(StartBound);
        await process.DisposeAsync();
        process = null;
    }

    /// <summary>It keeps its connections and answers nothing.</summary>
    public void Freeze() => process!.Signal(Processes.SIGSTOP);

    public void Thaw() => process!.Signal(Processes.SIGCONT);

    /// <summary>Everything that it has kept.</summary>
    public void Wipe() => Directory.Delete(DataDirectory, recursive: true);

    /// <summary>Runs etcdctl, and fails if it does.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(
            "etcdctl",
            ["--endpoints", $"http://{Control}", .. arguments],
            StartBound,
            environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["ETCDCTL_API"] = "3" });
        return code == 0 ? output : throw new InvalidOperationException($"etcdctl {string.Join(' ', arguments)}: {output}{errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            Thaw();
            await process.DisposeAsync();
        }
        authority.Dispose();
        directory.Dispose();
    }

    private static async Task StartTogetherAsync(IReadOnlyList<EtcdServer> servers)
    {
        try
        {
            var cluster = string.Join(',', servers.Select(static server => server.Member));
            foreach (var server in servers)
                server.Start(cluster);
            foreach (var server in servers)
                await server.WaitAsync();
        }
        catch
        {
            foreach (var server in servers)
                await server.DisposeAsync();
            throw;
        }
    }

    private void Start(string cluster) => process = ChildProcess.Start(
        wrapper.Append("etcd").First(),
        [
            .. wrapper.Append("etcd").Skip(1),
            "--name", Name, "--data-dir", DataDirectory, "--logger", "zap",
            "--listen-client-urls", $"{Url},http://{Control}", "--advertise-client-urls", Url,
            "--listen-peer-urls", $"http://{Peers}", "--initial-advertise-peer-urls", $"http://{Peers}",
            "--initial-cluster", cluster,
            .. isPlain ? (string[])[] : ["--cert-file", directory["chain.pem"], "--key-file", directory["key.pem"]],
            .. more,
        ]);

    private Task<string> WaitAsync() => process!.WaitForLineAsync(
        static line => line.Contains("ready to serve client requests", StringComparison.Ordinal)
            || line.Contains("serving client traffic", StringComparison.Ordinal),
        StartBound);
}
