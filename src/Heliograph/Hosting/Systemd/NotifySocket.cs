using System.Net.Sockets;

namespace Heliograph.Hosting.Systemd;

/// <summary>The socket on which a service reports its status to systemd: sd_notify(3).</summary>
internal sealed class NotifySocket : IDisposable
{
    /// <summary>systemd reads at once; a substitute that does not must not block the service.</summary>
    private const int SendTimeoutMilliseconds = 2000;

    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        SendTimeout = SendTimeoutMilliseconds,
    };
    private readonly UnixDomainSocketEndPoint address;

    private NotifySocket(UnixDomainSocketEndPoint address) => this.address = address;

    /// <param name="path">An absolute path, or a name in the abstract namespace that begins with '@' (unix(7)).</param>
    /// <returns>Null: nobody listens.</returns>
    public static NotifySocket? Open(string? path)
    {
        try
        {
            return path switch
            {
                ['/', ..] => new(new(path)),
                ['@', ..] => new(new('\0' + path[1..])),
                _ => null,
            };
        }
        catch (ArgumentException)
        {
            // Longer than a socket address can be.
            return null;
        }
    }

    /// <summary>Sends some assignments, such as READY=1, as one message.</summary>
    public void Send(params IEnumerable<string> assignments)
    {
        try
        {
            _ = socket.SendTo(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', assignments)), address);
        }
        catch (SocketException)
        {
            // The supervisor no longer listens. The service carries on.
        }
    }

    public void Dispose() => socket.Dispose();
}
