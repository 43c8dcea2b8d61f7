using System.Net.Sockets;
using System.Runtime.InteropServices;
using Heliograph.Platform;
using Heliograph.Web.Http;

namespace Heliograph.Web.Tests;

/// <summary>Connects to a server under test.</summary>
internal delegate Task<Socket> Dial(CancellationToken cancellationToken);

internal static partial class DialTo
{
    private const int FamilyUnix = 1;
    private const int StreamCloseOnExec = 1 | 0x80000;

    /// <summary>A server that listens on a unix socket.</summary>
    public static Dial Path(string path) => async cancellationToken =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return socket;
    };

    /// <summary>A server that is given its connections.</summary>
    public static Dial Server(Func<ClientConnection, Task> serve) => cancellationToken =>
    {
        var pair = new int[2];
        Assert.Equal(0, SocketPair(FamilyUnix, StreamCloseOnExec, 0, pair));
        var served = new SocketConnection(new Socket(new SafeSocketHandle(pair[1], ownsHandle: true)));
        _ = Task.Run(
            async () =>
            {
                await serve(served);
                served.Dispose();
            },
            CancellationToken.None);
        return Task.FromResult(new Socket(new SafeSocketHandle(pair[0], ownsHandle: true)));
    };

    [LibraryImport("libc", EntryPoint = "socketpair")]
    private static partial int SocketPair(int family, int type, int protocol, [Out] int[] pair);
}
