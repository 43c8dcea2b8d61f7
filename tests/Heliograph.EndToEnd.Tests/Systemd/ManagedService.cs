using System.Net;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>
/// The service, started by the command line of its unit, with the notify socket and the listening descriptors that systemd would pass.
/// </summary>
internal sealed class ManagedService : IAsyncDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;
    private ChildProcess? manager;

    public ManagedService()
    {
        certificate = authority.Issue(TestKey.Ecdsa, Proxy.Name);
        Notify = NotifyListener.AtPath(Directory);
    }

    public TempDirectory Directory { get; } = new();

    public IPEndPoint Https { get; } = LoopbackPort.Free();

    public IPEndPoint Http { get; } = LoopbackPort.Free();

    public NotifyListener Notify { get; }

    /// <summary>The service manager's output and the service's.</summary>
    public ChildProcess Manager => manager!;

    /// <summary>What the unit's commands find in their environment, beside what systemd passes.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["HELIOGRAPH_CONFIG"] = Directory["heliograph.yaml"] };

    /// <summary>Starts it; what it says when it cannot start is in the output.</summary>
    /// <param name="settings">Lines of the configuration file, as for <see cref="Write"/>.</param>
    /// <param name="sockets">What is passed; null: a socket for each address.</param>
    /// <param name="environment">More variables.</param>
    public void Start(string settings, string[]? sockets = null, params (string Name, string Value)[] environment)
    {
        Write(settings);
        var variables = new Dictionary<string, string?>(Environment, StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = Notify.Variable };
        foreach (var (name, value) in environment)
            variables[name] = value;
        var script = Repository.PathOf("tests/Heliograph.EndToEnd.Tests/Systemd/service-manager.pl");
        manager = ChildProcess.Start(
            "perl", [script, .. sockets ?? [$"{Https}", $"{Http}"], "--", .. Units.Command("ExecStart")], Directory.Path, variables);
    }

    /// <summary>Writes the configuration file.</summary>
    /// <param name="settings">Its lines beside the addresses, the certificate and the state directory.</param>
    /// <param name="certificate">Another one than that of the test's authority.</param>
    /// <param name="stateDirectory">Its name.</param>
    public void Write(string settings, string? certificate = null, string stateDirectory = "state")
    {
        var (chain, key) = this.certificate.WriteTo(Directory);
        Directory.Write("heliograph.yaml", $$"""
            domains: ["{{Proxy.Name}}"]
            listen: ["{{Https}}"]
            http: { listen: ["{{Http}}"] }
            certificate: {{certificate ?? $"{{ source: files, chain: \"{chain}\", key: \"{key}\" }}"}}
            state_directory: "{{Directory[stateDirectory]}}"
            {{(settings.Contains("metrics:", StringComparison.Ordinal) ? "" : "metrics: { listen: [] }")}}
            {{settings}}

            """);
    }

    public TlsInTlsOptions Client(string innerName) => new() { Proxy = Https, Authority = authority, OuterName = Proxy.Name, InnerName = innerName };

    /// <summary>A client whose hello has come back from an upstream that echoes.</summary>
    public async Task<TlsInTlsClient> ConnectAsync(string innerName, byte[]? hello = null)
    {
        hello ??= await InnerHello.ForAsync(innerName);
        var client = await TlsInTlsClient.ConnectOuterAsync(Client(innerName), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        var echo = new byte[hello.Length];
        await client.Outer.ReadExactlyAsync(echo, Bound.Token);
        Assert.Equal(hello, echo);
        return client;
    }

    /// <summary>The web site's first page, with its head.</summary>
    public Task<string> VisitAsync() =>
        AskAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {Proxy.Name}\r\nConnection: close\r\n\r\n"));

    /// <summary>What the web site answers to a client of Signal's whose name is not routed.</summary>
    public async Task<string> AnswerToAsync(string innerName) => await AskAsync(await InnerHello.ForAsync(innerName));

    public async ValueTask DisposeAsync()
    {
        if (manager is not null)
            await manager.DisposeAsync();
        await Notify.DisposeAsync();
        authority.Dispose();
        Directory.Dispose();
    }

    private async Task<string> AskAsync(byte[] request)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(Proxy.Name), Bound.Token);
        await client.Outer.WriteAsync(request, Bound.Token);
        using var reader = new StreamReader(client.Outer, leaveOpen: true);
        return await reader.ReadToEndAsync(Bound.Token);
    }
}
