using System.Net;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Routes;

/// <summary>
/// An address of the public internet that leads to this machine while a test lasts, with a listener on Signal's port: built-in routes are
/// dialled nowhere else. Of 192.31.196.0/24, which is for the root servers of reverse DNS (RFC 7535), and which nobody asks for anything.
/// </summary>
internal sealed class LocalPublicAddress : IAsyncDisposable
{
    private readonly IPAddress address;

    private LocalPublicAddress(IPAddress address) => this.address = address;

    public Socket Listener { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Whether somebody has connected.</summary>
    public bool IsDialled => Listener.Poll(0, SelectMode.SelectRead);

    /// <param name="address">Each test's own.</param>
    public static async Task<LocalPublicAddress> AddAsync(string address)
    {
        var (code, _, _) = await IpAsync("add", address);
        // 2: it is left from a test that was killed.
        Assert.SkipUnless(code is 0 or 2 && Environment.UserName == "root", "an address of this machine's own requires root");
        var added = new LocalPublicAddress(IPAddress.Parse(address));
        added.Listener.Bind(new IPEndPoint(added.address, 443));
        added.Listener.Listen();
        return added;
    }

    public async ValueTask DisposeAsync()
    {
        Listener.Dispose();
        await IpAsync("del", address.ToString());
    }

    private static Task<(int ExitCode, string Output, string Errors)> IpAsync(string verb, string address) =>
        ChildProcess.RunAsync("ip", ["address", verb, $"{address}/32", "dev", "lo"], Bound.Prompt);
}
