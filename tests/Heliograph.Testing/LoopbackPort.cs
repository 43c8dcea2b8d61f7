using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing;

/// <summary>Ports for programs that cannot pick one themselves, and endpoints where nobody listens.</summary>
public static class LoopbackPort
{
    /// <summary>A port that was free a moment ago. Prefer port 0 wherever the program can say what it got.</summary>
    public static IPEndPoint Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Bound but not listening for as long as the returned socket lives: a connection is refused, and nobody else gets the port.</summary>
    public static Socket Refusing(out IPEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        endpoint = (IPEndPoint)socket.LocalEndPoint!;
        return socket;
    }
}
