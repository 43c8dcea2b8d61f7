using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Control;

/// <summary>The Unix socket in the state directory, however long its path is.</summary>
internal static partial class ControlSocket
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

    /// <summary>Deletes the socket at the end, if somebody has not deleted it already, perhaps with its directory.</summary>
    public static void Delete(string stateDirectory)
    {
        try
        {
            File.Delete(PathIn(stateDirectory));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start deletes what is left.
        }
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

    /// <summary>If the path is too long, goes through a descriptor of the directory, which needs no temporary file.</summary>
    private static Socket At(string stateDirectory, Func<UnixDomainSocketEndPoint, Socket> open)
    {
        var path = PathIn(stateDirectory);
        if (Encoding.UTF8.GetByteCount(path) <= MaxPath)
            return open(new(path));
        using var directory = OpenDirectory(stateDirectory);
        return open(new($"/proc/self/fd/{directory.DangerousGetHandle()}/{Name}"));
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        // O_PATH | O_CLOEXEC: the same numbers on x86-64 and arm64.
        const int Flags = 0x200000 | 0x80000;
        const int AccessDenied = 13;
        var descriptor = Open(path, Flags);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        throw new SocketException(
            (int)(Marshal.GetLastPInvokeError() == AccessDenied ? SocketError.AccessDenied : SocketError.AddressNotAvailable));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
