using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary>The built program with <c>certificate.source: acme</c>, and what Pebble needs to know about it.</summary>
internal sealed class AcmeProxy : IAsyncDisposable
{
    public const string Name = "proxy.heliograph.test";

    public static readonly TimeSpan Issued = TimeSpan.FromSeconds(60);

    private HeliographProcess? program;

    /// <summary>Fixed, because Pebble needs them before the program starts.</summary>
    public IPEndPoint Tls { get; init; } = LoopbackPort.Free();

    public IPEndPoint Http { get; init; } = LoopbackPort.Free();

    /// <summary>A command with arguments that becomes the program by exec.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    public TempDirectory Directory { get; } = new();

    public string State => Directory["state"];

    public string Config => Directory["heliograph.yaml"];

    /// <summary>Outlives its Pebble.</summary>
    public string CaRoot => Directory["ca-root.pem"];

    public ChildProcess Program => program!.Child;

    public PebbleOptions Pebble => new() { TlsPort = Tls.Port, HttpPort = Http.Port };

    public bool HasHttp { get; init; } = true;

    /// <summary>Writes the configuration.</summary>
    /// <param name="pebble">The certificate authority.</param>
    /// <param name="acme">More lines of the <c>acme</c> section.</param>
    /// <param name="domains">The names; <see cref="Name"/> by default.</param>
    /// <param name="hosts">The content of <c>routes.hosts</c>.</param>
    /// <param name="more">More sections.</param>
    /// <param name="limits">The content of <c>limits</c>.</param>
    public void Configure(
        PebbleServer pebble,
        string acme = "",
        string domains = Name,
        string hosts = "nobody-asks-for-this.example: \"127.0.0.1:9\"",
        string more = "",
        string limits = "drain_timeout: 2s")
    {
        File.Copy(pebble.CaRootFile, CaRoot, overwrite: true);
        Directory.Write("heliograph.yaml", $$"""
            domains: [{{domains}}]
            listen: ["{{Tls}}"]
            http: { listen: [{{(HasHttp ? $"\"{Http}\"" : "")}}] }
            acme:
              directory: "{{pebble.DirectoryUrl}}"
              ca_root: "{{CaRoot}}"
            {{string.Join('\n', acme.Split('\n').Select(static line => "  " + line))}}
            routes: { sets: [], hosts: { {{hosts}} } }
            limits: { {{limits}} }
            state_directory: "{{State}}"
            {{more}}

            """);
    }

    public async Task StartAsync(params string[] arguments)
    {
        if (program is not null)
            await program.DisposeAsync();
        program = await HeliographProcess.StartAsync(Config, Directory.Path, arguments, Wrapper);
    }

    public Task<string> IssuedAsync() =>
        Program.WaitForLineAsync(static line => line.Contains("New certificate: ", StringComparison.Ordinal), Issued);

    public async Task StopAsync()
    {
        Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await Program.WaitForExitAsync(TimeSpan.FromSeconds(15)));
    }

    /// <summary>The certificate that an ordinary client sees, or a validator with <c>acme-tls/1</c>.</summary>
    public async Task<X509Certificate2> SeenAsync(string name = Name, params string[] protocols)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Tls, Bound.Token);
        byte[]? seen = null;
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            seen = certificate!.GetRawCertData();
            return true;
        });
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                AllowTlsResume = false,
                ApplicationProtocols = [.. protocols.Select(static one => new SslApplicationProtocol(one))],
            },
            Bound.Token);
        return X509CertificateLoader.LoadCertificate(seen!);
    }

    /// <summary>Checks that a client that trusts Pebble's root and verifies the name accepts the certificate.</summary>
    public async Task TrustedAsync(PebbleServer pebble, string name = Name)
    {
        using var root = X509Certificate2.CreateFromPem(await pebble.IssuingRootAsync());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Tls, Bound.Token);
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                CertificateChainPolicy = new()
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            Bound.Token);
    }

    /// <summary><c>heliograph certificate ...</c> with this configuration.</summary>
    public Task<(int ExitCode, string Output, string Errors)> CommandAsync(params string[] arguments) =>
        ChildProcess.RunAsync(HeliographProcess.Program, ["certificate", .. arguments, "--config", Config], Issued);

    /// <summary>How many orders the authority accepted; requests with a rejected nonce do not count.</summary>
    public static int Orders(PebbleServer pebble) =>
        pebble.Log.Split('\n').Count(static line => line.Contains("Added order ", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        Directory.Dispose();
    }
}
