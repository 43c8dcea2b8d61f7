using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Heliograph.Testing;

/// <summary>Ports for programs that cannot pick one themselves, and endpoints where nothing listens.</summary>
public static class LoopbackPort
{
    // Below net.ipv4.ip_local_port_range (32768 to 60999): the system never assigns these for port 0 or to a client,
    // so a port stays free from the check until the program binds it.
    private const int Lowest = 10_000;
    private const int Highest = 32_000;

    // A port is free until somebody binds it: two that are picked before that could be the same.
    private static readonly ConcurrentDictionary<int, byte> Given = [];

    /// <summary>A port that is free. Prefer port 0 wherever the program can report the port it got.</summary>
    public static IPEndPoint Free()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var endpoint = new IPEndPoint(IPAddress.Loopback, RandomNumberGenerator.GetInt32(Lowest, Highest));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(endpoint);
                if (Given.TryAdd(endpoint.Port, 0))
                    return endpoint;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Try another one.
            }
        }
        throw new InvalidOperationException($"100 random ports from {Lowest} to {Highest} are all in use");
    }

    /// <summary>
    /// Bound but not listening for as long as the returned socket lives: connections are refused, and no other program gets the port.
    /// </summary>
    public static Socket Refusing(out IPEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        endpoint = (IPEndPoint)socket.LocalEndPoint!;
        return socket;
    }
}
