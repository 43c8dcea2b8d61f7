using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Load;

/// <summary>Sockets of the load block their thread: no scheduler and no poll stands between the kernel and the figures.</summary>
internal static class BlockingSocket
{
    /// <summary>How long any single wait may last. Nothing here takes a second unless something is broken.</summary>
    public const int TimeoutSeconds = 30;

    private const int SolSocket = 1;
    private const int SoReceiveTimeout = 20;
    private const int SoSendTimeout = 21;

    public static Socket New() => Prepare(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    public static Socket Prepare(Socket socket)
    {
        socket.NoDelay = true;
        // Set in the kernel: OpenSSL reads and writes the descriptor behind the back of the Socket.
        ReadOnlySpan<long> timeval = [TimeoutSeconds, 0];
        socket.SetRawSocketOption(SolSocket, SoReceiveTimeout, MemoryMarshal.AsBytes(timeval));
        socket.SetRawSocketOption(SolSocket, SoSendTimeout, MemoryMarshal.AsBytes(timeval));
        return socket;
    }
}
