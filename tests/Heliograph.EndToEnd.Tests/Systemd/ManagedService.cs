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

    public IPEndPoint Https { get; init; } = LoopbackPort.Free();

    public IPEndPoint Http { get; init; } = LoopbackPort.Free();

    /// <summary>More addresses of <c>listen</c>.</summary>
    public IReadOnlyList<IPEndPoint> More { get; set; } = [];

    public NotifyListener Notify { get; }

    /// <summary>The output of the service manager and of the service.</summary>
    public ChildProcess Manager => manager!;

    /// <summary>The environment of the unit's commands, besides what systemd passes.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["HELIOGRAPH_CONFIG"] = Directory["heliograph.yaml"] };

    /// <summary>Starts the service; if it cannot start, its error is in the output.</summary>
    /// <param name="settings">Lines of the configuration file, as for <see cref="Write"/>.</param>
    /// <param name="sockets">The sockets to pass; null: one for each address.</param>
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
    /// <param name="settings">Its lines besides the addresses, the certificate and the state directory.</param>
    /// <param name="certificate">Replaces the certificate of the test's authority.</param>
    /// <param name="stateDirectory">The state directory's name.</param>
    public void Write(string settings, string? certificate = null, string stateDirectory = "state")
    {
        var (chain, key) = this.certificate.WriteTo(Directory);
        Directory.Write("heliograph.yaml", $$"""
            domains: ["{{Proxy.Name}}"]
            listen: [{{string.Join(", ", More.Prepend(Https).Select(static address => $"\"{address}\""))}}]
            http: { listen: ["{{Http}}"] }
            certificate: {{certificate ?? $"{{ source: files, chain: \"{chain}\", key: \"{key}\" }}"}}
            state_directory: "{{Directory[stateDirectory]}}"
            {{(settings.Contains("metrics:", StringComparison.Ordinal) ? "" : "metrics: { listen: [] }")}}
            {{settings}}

            """);
    }

    public TlsInTlsOptions Client(string innerName) =>
        new() { Proxy = Https, Authority = authority, OuterName = Proxy.Name, InnerName = innerName };

    /// <summary>A client whose hello an echoing upstream has returned.</summary>
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

    /// <summary>The web site's front page, with the response head.</summary>
    public Task<string> VisitAsync() =>
        AskAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {Proxy.Name}\r\nConnection: close\r\n\r\n"));

    /// <summary>The web site's answer to a Signal client whose inner name is not routed.</summary>
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
