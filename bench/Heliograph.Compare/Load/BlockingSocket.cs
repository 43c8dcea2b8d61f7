using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Load;

/// <summary>The load's sockets block their thread: no scheduler and no poll comes between the kernel and the figures.</summary>
internal static class BlockingSocket
{
    /// <summary>The limit of any single wait. Nothing here takes a second unless something is broken.</summary>
    public const int TimeoutSeconds = 30;

    private const int IpProtocol = 0;
    private const int BindAddressNoPort = 24;
    private const int SolSocket = 1;
    private const int SoReceiveTimeout = 20;
    private const int SoSendTimeout = 21;

    public static Socket New() => Prepare(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>Binds to an address, and leaves the port to connect, which may use one that is in use towards another address.</summary>
    public static void BindTo(Socket socket, IPAddress address)
    {
        ReadOnlySpan<int> yes = [1];
        socket.SetRawSocketOption(IpProtocol, BindAddressNoPort, MemoryMarshal.AsBytes(yes));
        socket.Bind(new IPEndPoint(address, 0));
    }

    public static Socket Prepare(Socket socket)
    {
        socket.NoDelay = true;
        // Set in the kernel: OpenSSL reads and writes the descriptor without the Socket knowing.
        ReadOnlySpan<long> timeval = [TimeoutSeconds, 0];
        socket.SetRawSocketOption(SolSocket, SoReceiveTimeout, MemoryMarshal.AsBytes(timeval));
        socket.SetRawSocketOption(SolSocket, SoSendTimeout, MemoryMarshal.AsBytes(timeval));
        return socket;
    }
}
