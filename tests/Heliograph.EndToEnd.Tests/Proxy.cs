using System.Net;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests;

/// <summary>What differs between the proxies of tests.</summary>
internal sealed record ProxySettings
{
    /// <summary>Names and wildcards in <c>domains</c>; the certificate has them too.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [Proxy.Name];

    /// <summary>Maps an inner name to a stand-in.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Routes { get; init; } = Route();

    /// <summary>Maps an inner name to any <c>host:port</c>.</summary>
    public IReadOnlyDictionary<string, string> NamedRoutes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Built-in sets, as in the configuration file.</summary>
    public string Sets { get; init; } = "[]";

    /// <summary>The content of <c>decoy: { }</c>.</summary>
    public string Decoy { get; init; } = "site: built-in";

    /// <summary>The content of <c>limits: { }</c>.</summary>
    public string Limits { get; init; } = "";

    /// <summary>The content of <c>metrics: { }</c>; with <c>listen: ["127.0.0.1:0"]</c> there is <see cref="Proxy.Monitoring"/>.</summary>
    public string Metrics { get; init; } = "listen: []";

    /// <summary>Null: on a port that the system chooses.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>More sections of the configuration file.</summary>
    public string More { get; init; } = "";

    /// <summary>Files that exist in the state directory at the start.</summary>
    public IReadOnlyDictionary<string, string> StateFiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public TestKey Key { get; init; } = TestKey.Ecdsa;

    /// <summary>A command with arguments that becomes the proxy by exec.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>More arguments of <c>heliograph run</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>One route, for <see cref="Routes"/>.</summary>
    public static IReadOnlyDictionary<string, IPEndPoint> Route(string name, IPEndPoint to) => Route((name, to));

    /// <summary>Routes, for <see cref="Routes"/>.</summary>
    public static IReadOnlyDictionary<string, IPEndPoint> Route(params (string Name, IPEndPoint To)[] routes) =>
        routes.ToDictionary(route => route.Name, route => route.To, StringComparer.Ordinal);
}

/// <summary>
/// The proxy under test: the built program. With HELIOGRAPH_TEST_PROXY=nginx-pair it is Signal's own pair of nginx instead, which
/// distinguishes an error in a test from an error in the program; tests of features that only Heliograph has are then skipped.
/// </summary>
internal sealed class Proxy : IAsyncDisposable
{
    public const string Name = "proxy.example";

    private readonly bool ownsAuthority;
    private SignalNginxPair? pair;
    private HeliographProcess? program;
    private ProxySettings settings = null!;

    private Proxy(TestAuthority? authority, ProxySettings settings)
    {
        ownsAuthority = authority is null;
        Authority = authority ?? new TestAuthority();
        Certificate = Authority.Issue(settings.Key, [.. settings.Domains, "localhost", "127.0.0.1"]);
    }

    public static bool IsNginxPair => Environment.GetEnvironmentVariable("HELIOGRAPH_TEST_PROXY") == "nginx-pair";

    public TestAuthority Authority { get; }

    public TestCertificate Certificate { get; }

    /// <summary>Its working directory, with <c>state</c> and the certificate in it.</summary>
    public TempDirectory Directory { get; } = new();

    public IPEndPoint Endpoint { get; private set; } = null!;

    /// <summary>The configuration file.</summary>
    public string Config => Directory["heliograph.yaml"];

    /// <summary>Where its metrics and health checks are: <c>http://address:port/</c>.</summary>
    public Uri Monitoring =>
        new(
            Program
                .Output.Split('\n')
                .Single(static line => line.StartsWith("  metrics ", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1][..^"metrics".Length]);

    public ChildProcess Program => program!.Child;

    /// <summary>Memory of all its processes.</summary>
    public long ResidentBytes => pair?.ResidentBytes() ?? Program.ResidentBytes();

    /// <summary>Starts the proxy and waits until it serves.</summary>
    public static async Task<Proxy> StartAsync(ProxySettings settings, TestAuthority? authority = null)
    {
        var proxy = new Proxy(authority, settings);
        try
        {
            if (IsNginxPair)
                await proxy.StartPairAsync(settings);
            else
                await proxy.StartProgramAsync(settings);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>For features that Signal's nginx pair lacks.</summary>
    public static void NeedsHeliograph() => Assert.SkipWhen(IsNginxPair, "the nginx pair does not do this");

    /// <summary>A client of this proxy.</summary>
    public TlsInTlsOptions Client(string innerName) =>
        new() { Proxy = Endpoint, Authority = Authority, OuterName = Name, InnerName = innerName };

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        if (pair is not null)
            await pair.DisposeAsync();
        if (ownsAuthority)
            Authority.Dispose();
        Directory.Dispose();
    }

    private async Task StartPairAsync(ProxySettings settings)
    {
        pair = await SignalNginxPair.StartAsync(Certificate, settings.Routes);
        Endpoint = pair.Endpoint;
    }

    private async Task StartProgramAsync(ProxySettings settings)
    {
        this.settings = settings;
        var (chain, key) = Certificate.WriteTo(Directory);
        var hosts = settings.Routes.Select(route => $"{route.Key}: \"{route.Value}\"")
            .Concat(settings.NamedRoutes.Select(route => $"{route.Key}: \"{route.Value}\""))
            .DefaultIfEmpty("nobody-asks-for-this.example: \"127.0.0.1:9\"");
        var config = $$"""
            domains: [{{string.Join(", ", settings.Domains.Select(static domain => $"\"{domain}\""))}}]
            listen: ["{{settings.Listen ?? new IPEndPoint(IPAddress.Loopback, 0)}}"]
            http: { listen: [] }
            certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
            routes:
              sets: {{settings.Sets}}
              hosts: { {{string.Join(", ", hosts)}} }
            decoy: { {{settings.Decoy}} }
            limits: { {{settings.Limits}} }
            metrics: { {{settings.Metrics}} }
            state_directory: "{{Directory["state"]}}"
            {{settings.More}}

            """;
        System.IO.Directory.CreateDirectory(Directory["state"]);
        foreach (var (name, content) in settings.StateFiles)
            await File.WriteAllTextAsync(Path.Combine(Directory["state"], name), content);
        Directory.Write("heliograph.yaml", config);
        await StartAgainAsync();
    }

    /// <summary>Starts the program, again if it has ended; on another port, if the system picks it.</summary>
    public async Task StartAgainAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        program = await HeliographProcess.StartAsync(Config, Directory.Path, settings.Arguments, settings.Wrapper);
        Endpoint = program.Endpoints[0];
    }
}
