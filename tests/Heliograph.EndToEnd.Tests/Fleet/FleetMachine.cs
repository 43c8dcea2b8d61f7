using System.Net;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>The built program as a machine of a fleet, with a state directory and ports of its own.</summary>
internal sealed class FleetMachine : IAsyncDisposable
{
    private static readonly TimeSpan CommandBound = TimeSpan.FromSeconds(60);

    public FleetMachine(string name)
    {
        Name = name;
        Proxy = new();
    }

    /// <summary>In a network namespace.</summary>
    public FleetMachine(string name, IPEndPoint tls, IPEndPoint http, IReadOnlyList<string> wrapper)
    {
        Name = name;
        Proxy = new() { Tls = tls, Http = http, Wrapper = wrapper };
    }

    public string Name { get; }

    public AcmeProxy Proxy { get; }

    /// <summary>Writes the configuration; the machine is in no fleet yet.</summary>
    public void Configure(PebbleServer pebble, string acme = "challenges: [tls-alpn-01]")
    {
        System.IO.Directory.CreateDirectory(Proxy.State);
        Proxy.Configure(pebble, acme);
    }

    /// <summary>The same, with a route to a host of Signal's.</summary>
    public void Configure(PebbleServer pebble, string host, string limits)
    {
        System.IO.Directory.CreateDirectory(Proxy.State);
        Proxy.Configure(pebble, "challenges: [tls-alpn-01]", hosts: host, limits: limits);
    }

    /// <summary>Makes a fleet.</summary>
    public async Task InitAsync(params EtcdServer[] members)
    {
        var etcd = members.SelectMany(static one => new[] { "--endpoint", one.Endpoint.ToString(), "--pin", one.Pin });
        var output = await RunAsync(["fleet", "init", .. etcd, "--name", Name, "--config", Proxy.Config]);
        Assert.Contains($"first of a new fleet, as {Name}", output, StringComparison.Ordinal);
    }

    /// <summary>Joins the fleet of another machine, which has made it.</summary>
    public async Task JoinAsync(FleetMachine first)
    {
        var token = await RunAsync("fleet", "invite", Name, "--config", first.Proxy.Config);
        Assert.Contains(
            $"in the fleet, as {Name}", await RunAsync("fleet", "join", token.Trim(), "--config", Proxy.Config), StringComparison.Ordinal);
    }

    public Task StartAsync() => Proxy.StartAsync();

    /// <summary>Runs a command, and fails if it does.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        Assert.True(code == 0, $"heliograph {string.Join(' ', arguments)} exited with {code}: {output}{errors}");
        return output;
    }

    public static Task<(int ExitCode, string Output, string Errors)> TryAsync(params string[] arguments) =>
        ChildProcess.RunAsync(HeliographProcess.Program, arguments, CommandBound);

    /// <summary>The serial number of the certificate that an ordinary client sees.</summary>
    public async Task<string> SerialAsync()
    {
        using var seen = await Proxy.SeenAsync();
        return seen.SerialNumber;
    }

    /// <summary>What <c>heliograph status --json</c> prints.</summary>
    public Task<string> StatusAsync() => RunAsync("status", "--json", "--config", Proxy.Config);

    /// <summary>Whether <c>status</c> warns of it.</summary>
    public async Task<bool> WarnsAsync(string code) => (await StatusAsync()).Contains($"\"{code}\"", StringComparison.Ordinal);

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
