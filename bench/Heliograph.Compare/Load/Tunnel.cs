using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Load;

/// <summary>
/// One client connection: TCP, the outer TLS, and the inner bytes. For one thread; it blocks until <see cref="StopBlocking"/>.
/// </summary>
internal sealed class Tunnel : IMessageConnection
{
    private readonly Socket socket;
    private nint ssl;

    private Tunnel(Socket socket, nint ssl)
    {
        this.socket = socket;
        this.ssl = ssl;
    }

    public int Descriptor => (int)socket.Handle;

    /// <summary>The protocol and cipher of the outer TLS.</summary>
    public string Cipher =>
        $"{Marshal.PtrToStringUTF8(OpenSsl.SSL_get_version(ssl))} " +
        $"{Marshal.PtrToStringUTF8(OpenSsl.SSL_CIPHER_get_name(OpenSsl.SSL_get_current_cipher(ssl)))}";

    /// <summary>Connects, finishes the outer handshake and sends the inner hello with the command for the upstream behind it.</summary>
    public static Tunnel Open(OuterTls tls, IPEndPoint proxy, Command command)
    {
        var tunnel = Connect(tls, proxy);
        try
        {
            tunnel.Ask(Traffic.Hello, command);
            return tunnel;
        }
        catch
        {
            tunnel.Dispose();
            throw;
        }
    }

    /// <summary>Connects and finishes the outer handshake.</summary>
    /// <param name="tls">The outer TLS.</param>
    /// <param name="proxy">Where.</param>
    /// <param name="from">The client's address; null: the system's choice.</param>
    public static Tunnel Connect(OuterTls tls, IPEndPoint proxy, IPAddress? from = null)
    {
        var tunnel = new Tunnel(BlockingSocket.New(), tls.NewConnection());
        try
        {
            if (from is not null)
                BlockingSocket.BindTo(tunnel.socket, from);
            tunnel.Connect(proxy);
            return tunnel;
        }
        catch
        {
            tunnel.Dispose();
            throw;
        }
    }

    /// <summary>Sends the inner hello with the command for the upstream behind it.</summary>
    public void Ask(ReadOnlySpan<byte> hello, Command command)
    {
        Span<byte> first = stackalloc byte[hello.Length + Command.Length];
        hello.CopyTo(first);
        command.Write(first[hello.Length..]);
        Write(first);
    }

    public unsafe void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            int written;
            do
            {
                OpenSsl.ERR_clear_error();
                written = OpenSsl.SSL_write(ssl, first, bytes.Length);
            }
            while (written < 0 && OpenSsl.WasInterrupted);
            // Without partial writes, a blocking SSL_write writes everything or fails.
            if (written != bytes.Length)
                throw new CompareException($"a write into the tunnel failed: {OpenSsl.Reason()}");
        }
    }

    /// <summary>Reads what has arrived, at least one byte.</summary>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            int read;
            do
            {
                OpenSsl.ERR_clear_error();
                read = OpenSsl.SSL_read(ssl, first, buffer.Length);
            }
            while (read < 0 && OpenSsl.WasInterrupted);
            if (read > 0)
                return read;
            throw new CompareException(OpenSsl.SSL_get_error(ssl, read) == OpenSsl.ErrorZeroReturn
                ? "the proxy closed the tunnel before all bytes had arrived"
                : $"a read from the tunnel failed: {OpenSsl.Reason()}");
        }
    }

    /// <summary>From now on reads do not wait.</summary>
    public void StopBlocking() => socket.Blocking = false;

    /// <summary>Reads what has arrived; 0: nothing has.</summary>
    public unsafe int ReadAvailable(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            OpenSsl.ERR_clear_error();
            var read = OpenSsl.SSL_read(ssl, first, buffer.Length);
            if (read > 0)
                return read;
            return OpenSsl.SSL_get_error(ssl, read) switch
            {
                OpenSsl.ErrorWantRead => 0,
                OpenSsl.ErrorZeroReturn => throw new CompareException("the proxy closed the tunnel before all bytes had arrived"),
                _ => throw new CompareException($"a read from the tunnel failed: {OpenSsl.Reason()}"),
            };
        }
    }

    public void ReadExactly(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
            buffer = buffer[Read(buffer)..];
    }

    /// <summary>Ends the connection with RST.</summary>
    public void Reset()
    {
        OpenSsl.SSL_free(ssl);
        ssl = 0;
        socket.Close(0);
    }

    /// <summary>Closes as a client does: close_notify, then the socket, without waiting for an answer.</summary>
    public void Dispose()
    {
        if (ssl == 0)
            return;
        OpenSsl.ERR_clear_error();
        _ = OpenSsl.SSL_shutdown(ssl);
        OpenSsl.SSL_free(ssl);
        ssl = 0;
        socket.Dispose();
    }

    private void Connect(IPEndPoint proxy)
    {
        try
        {
            socket.Connect(proxy);
        }
        catch (SocketException exception)
        {
            throw new CompareException($"cannot connect to {proxy}: {exception.Message}");
        }

        OpenSsl.ERR_clear_error();
        var connected = OpenSsl.SSL_set_fd(ssl, (int)socket.Handle);
        if (connected == 1)
        {
            do
            {
                OpenSsl.ERR_clear_error();
                connected = OpenSsl.SSL_connect(ssl);
            }
            while (connected < 0 && OpenSsl.WasInterrupted);
        }
        if (connected != 1)
            throw new CompareException($"the outer handshake failed: {OpenSsl.Reason()}");
    }
}
