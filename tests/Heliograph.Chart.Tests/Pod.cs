using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>
/// The built program in a pod that the chart renders: its init containers, its arguments, configuration, user and volumes. Only the ports
/// are those of the test.
/// </summary>
internal sealed class Pod : IAsyncDisposable
{
    /// <summary>What clients type.</summary>
    public const string Name = "proxy.example";

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly Manifest manifest;
    private readonly PodSandbox sandbox;
    private readonly Dictionary<string, SecretVolume> secrets;
    private readonly IPEndPoint metrics = LoopbackPort.Free();
    private ChildProcess? program;

    /// <param name="manifest">What was rendered.</param>
    /// <param name="name">The pod's name.</param>
    public Pod(Manifest manifest, string name = "pod")
    {
        this.manifest = manifest;
        PodName = name;
        sandbox = new(manifest.Pod.Spec, name);
        secrets = manifest.Pod.Spec.Volumes.Where(static volume => volume.Secret is not null).ToDictionary(
            static volume => volume.Name, volume => new SecretVolume(sandbox[volume.Name], sandbox.Group), StringComparer.Ordinal);
    }

    public string PodName { get; }

    public bool IsRunning => program is { HasExited: false };

    public ChildProcess Program => program ?? throw new InvalidOperationException("the pod does not run");

    public IPEndPoint Endpoint { get; init; } = LoopbackPort.Free();

    private V1Container Container => manifest.Container;

    /// <summary>A pod whose certificate and seed are in Secrets: starts it and waits until it serves.</summary>
    public static async Task<Pod> StartAsync(TestCertificate certificate, byte[] seed, params string[] values)
    {
        var pod = new Pod(await Manifest.TemplateAsync(values));
        try
        {
            await pod.RenewAsync(certificate);
            await pod.WriteSecretAsync("seed", ("seed", seed));
            await pod.StartAsync();
            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    /// <summary>What somebody does to a Secret, and the kubelet to its volume.</summary>
    public Task WriteSecretAsync(string volume, params IReadOnlyList<(string Name, byte[] Content)> files) =>
        secrets[volume].WriteAsync(files);

    /// <summary>What cert-manager does to the Secret, and the kubelet to the volume.</summary>
    public Task RenewAsync(TestCertificate renewed) => WriteSecretAsync(
        "certificate",
        ("ca.crt", []),
        ("tls.crt", Encoding.ASCII.GetBytes(renewed.ChainPem)),
        ("tls.key", Encoding.ASCII.GetBytes(renewed.KeyPem)));

    /// <summary>Puts a file into a volume that is not the chart's.</summary>
    public Task WriteAsync(string volume, string file, string text) =>
        File.WriteAllTextAsync(Path.Combine(sandbox[volume], file), text, Bound.Token);

    /// <summary>Runs the init containers, and the program until it serves.</summary>
    public async Task StartAsync()
    {
        var (exitCode, output) = await InitializeAsync();
        Assert.True(exitCode == 0, output);
        await StartContainerAsync();
    }

    /// <summary>A new pod, up to the first init container that fails.</summary>
    public async Task<(int ExitCode, string Output)> InitializeAsync()
    {
        await WriteAsync("configuration", "heliograph.yaml", Configuration());
        await sandbox.PrepareAsync();
        foreach (var container in manifest.Pod.Spec.InitContainers ?? [])
        {
            await using var child = sandbox.Start(container);
            if (await child.WaitForExitAsync(StartBound) is not 0 and var exitCode)
                return (exitCode, child.AllOutput);
        }
        return (0, "");
    }

    /// <summary>The program is killed, and the kubelet starts the container again: the volumes stay, and nothing is initialized.</summary>
    public async Task RestartContainerAsync()
    {
        Program.Signal(Processes.SIGKILL);
        await Program.WaitForExitAsync(StartBound);
        await StartContainerAsync();
    }

    /// <summary>The pod is deleted.</summary>
    public async Task DeleteAsync()
    {
        Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await Program.WaitForExitAsync(StartBound));
    }

    /// <summary>The pod is deleted, and another one of the same name gets its claims.</summary>
    public async Task ReplaceAsync()
    {
        await DeleteAsync();
        await StartAsync();
    }

    /// <summary>As <c>kubectl exec</c>: a command of the program in the running container.</summary>
    public Task<string> ExecuteAsync(params string[] arguments) => sandbox.ExecuteAsync(Program, arguments);

    /// <summary>The certificate that a new client is shown, whoever has issued it.</summary>
    public async Task<X509Certificate2> ShownAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Endpoint, Bound.Token);
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Name, AllowTlsResume = false }, Bound.Token);
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }

    /// <summary>What a new client is shown that trusts the authority.</summary>
    public async Task<string> SeenAsync(TestAuthority authority)
    {
        await using var tls = await ConnectAsync(authority);
        return new X509Certificate2(tls.RemoteCertificate!).Thumbprint;
    }

    /// <summary>The answer to a visitor, from its first byte to its last.</summary>
    public async Task<string> VisitAsync(TestAuthority authority)
    {
        await using var tls = await ConnectAsync(authority);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {Name}\r\nConnection: close\r\n\r\n"), Bound.Token);
        using var reader = new StreamReader(tls, Encoding.Latin1);
        var answer = await reader.ReadToEndAsync(Bound.Token);
        // The one thing that changes with time.
        return string.Join('\n', answer.Split('\n').Where(static line => !line.StartsWith("Date: ", StringComparison.Ordinal)));
    }

    /// <summary>What the kubelet's probe gets.</summary>
    public async Task<HttpStatusCode> ProbeAsync(Func<V1Container, V1Probe> probe)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://{metrics}{probe(Container).HttpGet.Path}"), Bound.Token);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        sandbox.Dispose();
    }

    private string Configuration() => manifest.Configuration
        .Replace("[::]:8443", Endpoint.ToString(), StringComparison.Ordinal)
        .Replace("127.0.0.1:8443", Endpoint.ToString(), StringComparison.Ordinal)
        .Replace("[::]:8080", "127.0.0.1:0", StringComparison.Ordinal)
        .Replace("[::]:9464", metrics.ToString(), StringComparison.Ordinal);

    private async Task StartContainerAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        program = sandbox.Start(Container);
        await program.WaitForLineAsync(static line => line == "ready", StartBound);
    }

    private async Task<SslStream> ConnectAsync(TestAuthority authority)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Endpoint, Bound.Token);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(authority.Root);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = Name, CertificateChainPolicy = trust, AllowTlsResume = false }, Bound.Token);
        return tls;
    }
}
