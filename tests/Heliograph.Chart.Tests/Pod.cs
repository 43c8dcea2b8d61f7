using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Chart.Tests;

/// <summary>
/// The built program with the configuration that the chart renders, as the user and with the volumes of the chart's pod. Only the paths
/// and the ports are those of the test.
/// </summary>
internal sealed class Pod : IAsyncDisposable
{
    public const string Name = "proxy.example";
    private const int User = 10001;

    private readonly TempDirectory directory = new();
    private readonly SecretVolume certificate;
    private readonly SecretVolume seed;
    private HeliographProcess program = null!;

    private Pod()
    {
        // As an emptyDir is with fsGroup: root's, and every new file is of the group.
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(State);
        certificate = new(Directory.CreateDirectory(directory["tls"]).FullName, User);
        seed = new(Directory.CreateDirectory(directory["decoy"]).FullName, User);
    }

    public ChildProcess Program => program.Child;

    public IPEndPoint Endpoint => program.Endpoints[0];

    private string State => directory["lib"];

    /// <summary>Starts it and waits until it serves.</summary>
    public static async Task<Pod> StartAsync(TestCertificate certificate, byte[] seed, params string[] values)
    {
        var pod = new Pod();
        try
        {
            await pod.RunAsync(certificate, seed, values);
            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    /// <summary>What cert-manager does to the Secret, and the kubelet to the volume.</summary>
    public Task RenewAsync(TestCertificate renewed) => certificate.WriteAsync(
        ("ca.crt", []), ("tls.crt", Encoding.ASCII.GetBytes(renewed.ChainPem)), ("tls.key", Encoding.ASCII.GetBytes(renewed.KeyPem)));

    /// <summary>What a new client is shown.</summary>
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
    public async Task<HttpStatusCode> ProbeAsync(string path)
    {
        var metrics = Program.Output.Split('\n').Single(static line => line.StartsWith("  metrics ", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1][..^"/metrics".Length];
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(metrics + path), Bound.Token);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        directory.Dispose();
    }

    private async Task RunAsync(TestCertificate first, byte[] seedBytes, string[] values)
    {
        await RenewAsync(first);
        await seed.WriteAsync(("seed", seedBytes));
        await ChildProcess.RunAsync("chown", [$"0:{User}", State], Bound.Prompt);
        File.SetUnixFileMode(State, UnixFileMode.SetGroup | (UnixFileMode)0b111_111_111);
        var configuration = (await Manifest.TemplateAsync(values)).Configuration
            .Replace("/etc/heliograph", directory.Path, StringComparison.Ordinal)
            .Replace("/var/lib/heliograph", State, StringComparison.Ordinal);
        foreach (var port in new[] { 8443, 8080, 9464 })
            configuration = configuration.Replace($"[::]:{port}", "127.0.0.1:0", StringComparison.Ordinal);
        program = await HeliographProcess.StartAsync(
            directory.Write("heliograph.yaml", configuration),
            State,
            wrapper: ["setpriv", "--reuid", $"{User}", "--regid", $"{User}", "--clear-groups", "--no-new-privs"]);
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
