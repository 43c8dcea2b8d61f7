using System.Net;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Neighbours;

/// <summary>Debian's HAProxy or Caddy with a configuration of a test's own.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    private readonly TempDirectory directory;
    private readonly ChildProcess process;

    private Neighbour(TempDirectory directory, ChildProcess process)
    {
        this.directory = directory;
        this.process = process;
    }

    public string Output => process.AllOutput;

    public static Task<Neighbour> StartHaProxyAsync(string configuration, IPEndPoint listening) =>
        StartAsync(
            "haproxy.cfg",
            "defaults\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n" + configuration,
            listening,
            static file => ["/usr/sbin/haproxy", "-db", "-f", file]);

    public static Task<Neighbour> StartCaddyAsync(string configuration, IPEndPoint listening) =>
        StartAsync(
            "Caddyfile", configuration, listening, static file => ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", file]);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Dispose();
    }

    private static async Task<Neighbour> StartAsync(string name, string configuration, IPEndPoint listening, Func<string, string[]> command)
    {
        var directory = new TempDirectory();
        var words = command(directory.Write(name, configuration));
        // Caddy keeps its state under these.
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HOME"] = directory.Path,
            ["XDG_DATA_HOME"] = directory.Path,
            ["XDG_CONFIG_HOME"] = directory.Path,
        };
        var neighbour = new Neighbour(directory, ChildProcess.Start(words[0], words[1..], directory.Path, environment));
        try
        {
            await Polling.UntilAsync(
                () => neighbour.process.HasExited || Listens(listening),
                TimeSpan.FromSeconds(20),
                $"{words[0]} does not listen on {listening}");
            Assert.False(neighbour.process.HasExited, neighbour.Output);
            return neighbour;
        }
        catch
        {
            await neighbour.DisposeAsync();
            throw;
        }
    }

    private static bool Listens(IPEndPoint endpoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
