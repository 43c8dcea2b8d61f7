using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.UpstreamProxies;

/// <summary>A real proxy server on loopback.</summary>
public sealed class RealProxy : IAsyncDisposable
{
    public const string User = "bridge";
    public const string Password = "correct-horse";

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();
    private readonly ChildProcess process;

    private RealProxy(RealProxyKind kind, IPEndPoint address)
    {
        Address = address;
        process = kind == RealProxyKind.Tinyproxy
            ? ChildProcess.Start(Find("tinyproxy"), ["-d", "-c", WriteTinyproxy()], directory.Path)
            : ChildProcess.Start(
                Find("microsocks"),
                [
                    "-i", "127.0.0.1", "-p", $"{address.Port}",
                    .. kind == RealProxyKind.SocksWithPassword ? ["-u", User, "-P", Password] : Array.Empty<string>(),
                ],
                directory.Path);
    }

    public IPEndPoint Address { get; }

    public static async Task<RealProxy> StartAsync(RealProxyKind kind, IPEndPoint? address = null)
    {
        var proxy = new RealProxy(kind, address ?? LoopbackPort.Free());
        try
        {
            await Polling.UntilAsync(proxy.AnswersAsync, StartBound, $"{kind} never listened:\n{proxy.process.AllOutput}");
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(Address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string WriteTinyproxy() => directory.Write("tinyproxy.conf", $"""
        Port {Address.Port}
        Listen 127.0.0.1
        Timeout 60
        MaxClients 50
        Allow 127.0.0.1
        BasicAuth {User} {Password}

        """);

    private static string Find(string program) =>
        new[] { "/usr/bin/", "/usr/local/bin/" }.Select(place => place + program).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} is not installed: apt-get install {program}");
}

/// <summary>Which server it is.</summary>
public enum RealProxyKind
{
    /// <summary>microsocks, without a password.</summary>
    Socks,

    /// <summary>microsocks, with a user and a password.</summary>
    SocksWithPassword,

    /// <summary>tinyproxy: CONNECT, with a user and a password.</summary>
    Tinyproxy,
}
