using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Heliograph.Testing.Tls13;

/// <summary>
/// A client that performs the handshake with OpenSSL and then writes its own records, good and bad; it reads the answers record by
/// record. It is independent of the server's record layer and uses .NET's ciphers.
/// </summary>
public sealed unsafe partial class RawTls13Client : IDisposable
{
    public const byte Alert = 21, Handshake = 22, ApplicationData = 23;

    private const string Ssl = "libssl.so.3";

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dictionary<string, byte[]> secrets = [];
    private readonly nint context;
    private readonly nint ssl;
    private GCHandle self;

    private RawTls13Client(string suite)
    {
        context = SSL_CTX_new(TLS_client_method());
        Require(SSL_CTX_set_ciphersuites(context, suite));
        SSL_CTX_set_keylog_callback(context, &KeyLog);
        ssl = SSL_new(context);
        self = GCHandle.Alloc(this);
        Require(SSL_set_ex_data(ssl, 0, GCHandle.ToIntPtr(self)));
    }

    /// <summary>The client's keys. Tests may update them.</summary>
    public Tls13Keys Sending { get; private set; } = null!;

    /// <summary>The server's keys.</summary>
    public Tls13Keys Receiving { get; private set; } = null!;

    /// <summary>Connects and performs the handshake. Blocks the thread; the server answers on another one.</summary>
    /// <param name="server">Where.</param>
    /// <param name="suite">The one cipher suite to offer.</param>
    public static RawTls13Client Connect(IPEndPoint server, string suite = "TLS_AES_128_GCM_SHA256")
    {
        var client = new RawTls13Client(suite);
        try
        {
            client.socket.Connect(server);
            client.socket.ReceiveTimeout = 30_000;
            Require(SSL_set_fd(client.ssl, (int)client.socket.Handle));
            Require(SSL_connect(client.ssl));
            client.Sending = new Tls13Keys(suite, client.secrets["CLIENT_TRAFFIC_SECRET_0"]);
            client.Receiving = new Tls13Keys(suite, client.secrets["SERVER_TRAFFIC_SECRET_0"]);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends one protected record.</summary>
    /// <param name="type">The content type inside the record.</param>
    /// <param name="content">Its content.</param>
    /// <param name="padding">Zeros after the type.</param>
    public void Send(byte type, ReadOnlySpan<byte> content, int padding = 0) => SendBytes(Sending.Protect(type, content, padding));

    /// <summary>Sends bytes unchanged.</summary>
    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[socket.Send(bytes)..];
        }
        catch (SocketException)
        {
            // The server has already rejected what was sent before.
        }
    }

    /// <summary>Whether nothing more arrives for a while.</summary>
    public bool IsSilentFor(TimeSpan time) => !socket.Poll(time, SelectMode.SelectRead);

    /// <summary>The next record, decrypted, or null at the end of the connection, however it ends.</summary>
    public (byte Type, byte[] Content)? Read()
    {
        var header = new byte[5];
        if (!Fill(header))
            return null;
        var fragment = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
        return Fill(fragment) ? Receiving.Unprotect(header, fragment) : null;
    }

    public void Dispose()
    {
        SSL_free(ssl);
        SSL_CTX_free(context);
        socket.Dispose();
        if (self.IsAllocated)
            self.Free();
    }

    private bool Fill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count;
            try
            {
                count = socket.Receive(bytes);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                return false;
            }
            if (count == 0)
                return false;
            bytes = bytes[count..];
        }
        return true;
    }

    private static void Require(int result)
    {
        if (result != 1)
            throw new InvalidOperationException("OpenSSL: the test's client could not complete the handshake.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void KeyLog(nint ssl, nint line)
    {
        var words = Marshal.PtrToStringUTF8(line)!.Split(' ');
        var client = (RawTls13Client)GCHandle.FromIntPtr(SSL_get_ex_data(ssl, 0)).Target!;
        client.secrets[words[0]] = Convert.FromHexString(words[2]);
    }

    [LibraryImport(Ssl)]
    private static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    private static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SSL_CTX_set_ciphersuites(nint context, string suites);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_set_keylog_callback(nint context, delegate* unmanaged[Cdecl]<nint, nint, void> callback);

    [LibraryImport(Ssl)]
    private static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    private static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    private static partial int SSL_set_ex_data(nint ssl, int index, nint data);

    [LibraryImport(Ssl)]
    private static partial nint SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(Ssl)]
    private static partial int SSL_set_fd(nint ssl, int descriptor);

    [LibraryImport(Ssl)]
    private static partial int SSL_connect(nint ssl);
}
