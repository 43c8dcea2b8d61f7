using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Listening;

/// <summary>
/// A listening socket that another process created and keeps (systemd's socket activation, sd_listen_fds(3)). All processes that accept
/// from it share its queue: clients that wait there when one process ends are served by the next, and nobody is refused in between.
/// </summary>
/// <param name="Descriptor">This process's own copy; the listener that uses it closes it.</param>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="IsIpv6Only">Whether <c>[::]</c> does not mean IPv4 too (IPV6_V6ONLY).</param>
public sealed record InheritedSocket(int Descriptor, IPEndPoint Endpoint, bool IsIpv6Only = false)
{
    /// <summary>sockaddr_in6 is the longest that we use.</summary>
    private const int LongestAddress = 28;

    /// <summary>Takes over a descriptor that this process was started with, and hides it from the programs that this one starts.</summary>
    /// <exception cref="RelayStartException">It is not a listening TCP socket.</exception>
    public static InheritedSocket Open(int descriptor)
    {
        if (Libc.GetOption(descriptor, Libc.SolSocket, Libc.AcceptConnections) is not { } listens)
            throw new RelayStartException("it is not a socket");
        if (Libc.GetOption(descriptor, Libc.SolSocket, Libc.SocketType) != Libc.TypeStream)
            throw new RelayStartException("it is not a stream socket");
        if (listens == 0)
            throw new RelayStartException("it is not listening");
        _ = Libc.fcntl(descriptor, Libc.SetDescriptorFlags, Libc.CloseOnExec);
        var flags = Libc.fcntl(descriptor, Libc.GetStatusFlags, 0);
        if (flags < 0 || Libc.fcntl(descriptor, Libc.SetStatusFlags, flags | Libc.NonBlocking) < 0)
            throw new RelayStartException(Marshal.GetLastPInvokeErrorMessage());
        return new(
            descriptor,
            ReadAddress(descriptor) ?? throw new RelayStartException("its address is neither IPv4 nor IPv6"),
            // An IPv4 socket has no such option.
            IsIpv6Only: Libc.GetOption(descriptor, Libc.ProtocolIpv6, Libc.Ipv6Only) == 1);
    }

    /// <summary>Closes this process's copy, if nothing listens with it.</summary>
    public void Close() => _ = Libc.close(Descriptor);

    private static unsafe IPEndPoint? ReadAddress(int descriptor)
    {
        var address = new SocketAddress(AddressFamily.InterNetworkV6, LongestAddress);
        var length = LongestAddress;
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Libc.getsockname(descriptor, bytes, &length) != 0)
                return null;
        }
        return address.Family switch
        {
            AddressFamily.InterNetwork => (IPEndPoint)new IPEndPoint(IPAddress.Any, 0).Create(address),
            AddressFamily.InterNetworkV6 => (IPEndPoint)new IPEndPoint(IPAddress.IPv6Any, 0).Create(address),
            _ => null,
        };
    }
}
