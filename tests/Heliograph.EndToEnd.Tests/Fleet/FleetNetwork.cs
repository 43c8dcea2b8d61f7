using System.Net;
using System.Security.Cryptography;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>
/// Network namespaces on one bridge, with the test itself beside them: each has an address, ports and routes of its own. Of 198.18.0.0/15,
/// which is for measurements (RFC 2544) and on no machine's own network.
/// </summary>
internal sealed class FleetNetwork : IAsyncDisposable
{
    private const int OwnHost = 254;

    private readonly string bridge = $"hg{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
    private readonly int subnet = RandomNumberGenerator.GetInt32(1, 255);
    private readonly List<string> namespaces = [];

    private FleetNetwork()
    {
    }

    /// <summary>Where a namespace reaches the test.</summary>
    public IPAddress Own => At(OwnHost);

    /// <param name="names">Of the namespaces.</param>
    public static async Task<FleetNetwork> MakeAsync(params IReadOnlyList<string> names)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces require root");
        var network = new FleetNetwork();
        try
        {
            await IpAsync("link", "add", network.bridge, "type", "bridge");
            await IpAsync("address", "add", $"{network.Own}/24", "dev", network.bridge);
            await IpAsync("link", "set", network.bridge, "up");
            foreach (var name in names)
                await network.AddAsync(name);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public IPAddress AddressOf(string name) => At(1 + namespaces.IndexOf(name));

    /// <summary>A command with arguments that becomes a program in a namespace by exec.</summary>
    public IReadOnlyList<string> In(string name) => ["ip", "netns", "exec", NameOf(name)];

    /// <summary>
    /// From now on one of them answers nothing of another one, which gets no refusal either: there is no way back for the packets.
    /// </summary>
    public Task CutAsync(string at, string from) => IpAsync("-n", NameOf(at), "route", "add", "blackhole", $"{AddressOf(from)}/32");

    public Task HealAsync(string at, string from) => IpAsync("-n", NameOf(at), "route", "del", "blackhole", $"{AddressOf(from)}/32");

    /// <summary>Call it once nothing runs in them any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in namespaces)
        {
            await TryIpAsync("netns", "del", NameOf(name));
            // A connection that nobody can close any more would keep a namespace with its link for minutes.
            await TryIpAsync("link", "del", LinkOf(name));
        }
        await TryIpAsync("link", "del", bridge);
    }

    private async Task AddAsync(string name)
    {
        namespaces.Add(name);
        await IpAsync("netns", "add", NameOf(name));
        await IpAsync("link", "add", LinkOf(name), "type", "veth", "peer", "name", "eth0", "netns", NameOf(name));
        await IpAsync("link", "set", LinkOf(name), "master", bridge, "up");
        await IpAsync("-n", NameOf(name), "address", "add", $"{AddressOf(name)}/24", "dev", "eth0");
        await IpAsync("-n", NameOf(name), "link", "set", "eth0", "up");
        await IpAsync("-n", NameOf(name), "link", "set", "lo", "up");
    }

    private string NameOf(string name) => $"{bridge}-{name}";

    private string LinkOf(string name) => $"{bridge}v{1 + namespaces.IndexOf(name)}";

    private IPAddress At(int host) => new([198, 18, (byte)subnet, (byte)host]);

    private static async Task IpAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryIpAsync(arguments);
        Assert.True(code == 0, $"ip {string.Join(' ', arguments)}: {output}{errors}");
    }

    private static Task<(int ExitCode, string Output, string Errors)> TryIpAsync(params string[] arguments) =>
        ChildProcess.RunAsync("ip", arguments, TimeSpan.FromSeconds(30));
}
