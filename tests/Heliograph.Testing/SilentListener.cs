using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing;

/// <summary>
/// An address where nobody answers, as behind a firewall that drops packets: its queue of one connection is full, and Linux drops what
/// comes after that.
/// </summary>
public sealed class SilentListener : IDisposable
{
    private readonly Socket listener;
    private readonly Socket waiting;

    public SilentListener(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endpoint);
        listener.Listen(backlog: 0);
        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
        waiting = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        waiting.Connect(Endpoint);
    }

    public IPEndPoint Endpoint { get; }

    public void Dispose()
    {
        waiting.Dispose();
        listener.Dispose();
    }
}
