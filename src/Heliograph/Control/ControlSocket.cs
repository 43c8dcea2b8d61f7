using System.Net.Sockets;
using System.Text;

namespace Heliograph.Control;

/// <summary>The unix socket in the state directory, whatever the length of its path.</summary>
internal static class ControlSocket
{
    private const string Name = "control.sock";

    /// <summary>struct sockaddr_un's sun_path, with the zero at its end (unix(7)).</summary>
    private const int LongestPath = 107;

    public static string PathIn(string stateDirectory) => Path.Combine(stateDirectory, Name);

    /// <summary>Bound and listening, for this user alone. The caller holds the state directory, so what is left there is nobody's.</summary>
    public static Socket Listen(string stateDirectory)
    {
        var path = PathIn(stateDirectory);
        File.Delete(path);
        return At(stateDirectory, endpoint =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(endpoint);
                // Before it listens nobody can connect, so there is no moment at which others could.
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                socket.Listen();
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });
    }

    /// <exception cref="SocketException">Nobody listens there, or this user may not ask.</exception>
    public static Socket Connect(string stateDirectory) => At(stateDirectory, static endpoint =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // A unix socket is connected at once or not at all.
            socket.Connect(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <summary>A path that is too long is reached through a symbolic link to the directory, which is only needed for the moment.</summary>
    private static Socket At(string stateDirectory, Func<UnixDomainSocketEndPoint, Socket> open)
    {
        var path = PathIn(stateDirectory);
        if (Encoding.UTF8.GetByteCount(path) <= LongestPath)
            return open(new(path));
        var shortcut = Directory.CreateTempSubdirectory("heliograph-");
        try
        {
            var link = Path.Combine(shortcut.FullName, "s");
            File.CreateSymbolicLink(link, stateDirectory);
            return open(new(Path.Combine(link, Name)));
        }
        finally
        {
            shortcut.Delete(recursive: true);
        }
    }
}
