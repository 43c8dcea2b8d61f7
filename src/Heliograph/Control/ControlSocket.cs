using System.Net.Sockets;
using System.Text;

namespace Heliograph.Control;

/// <summary>The Unix socket in the state directory, however long its path is.</summary>
internal static class ControlSocket
{
    private const string Name = "control.sock";

    /// <summary>struct sockaddr_un's sun_path, with the zero at its end (unix(7)).</summary>
    private const int MaxPath = 107;

    public static string PathIn(string stateDirectory) => Path.Combine(stateDirectory, Name);

    /// <summary>
    /// Creates a listening socket for this user alone. The caller holds the state directory, so a socket left there is nobody's.
    /// </summary>
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
                // Nobody can connect before it listens, so other users never get a chance to.
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

    /// <exception cref="SocketException">Nobody listens there, or this user has no permission.</exception>
    public static Socket Connect(string stateDirectory) => At(stateDirectory, static endpoint =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // A Unix socket connects at once or not at all.
            socket.Connect(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <summary>If the path is too long, uses a temporary symbolic link to the directory.</summary>
    private static Socket At(string stateDirectory, Func<UnixDomainSocketEndPoint, Socket> open)
    {
        var path = PathIn(stateDirectory);
        if (Encoding.UTF8.GetByteCount(path) <= MaxPath)
            return open(new(path));
        var temporary = Directory.CreateTempSubdirectory("heliograph-");
        try
        {
            var link = Path.Combine(temporary.FullName, "s");
            File.CreateSymbolicLink(link, stateDirectory);
            return open(new(Path.Combine(link, Name)));
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
