using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Heliograph.Testing.Tls13;

/// <summary>
/// A visitor who writes any name into his hello, also one that a TLS library of good manners refuses: an address, a dot at the end, none.
/// He takes every certificate. It is OpenSSL, and blocks its thread.
/// </summary>
public sealed partial class NamedVisitor : IDisposable
{
    private const string Ssl = "libssl.so.3";

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
    private readonly nint context = SSL_CTX_new(TLS_client_method());
    private readonly nint ssl;

    /// <param name="server">Where.</param>
    /// <param name="name">The bytes of the host_name; null: no server_name.</param>
    public NamedVisitor(IPEndPoint server, string? name)
    {
        ssl = SSL_new(context);
        // SSL_set_tlsext_host_name is a macro.
        const int SetHostName = 55;
        if (name is not null)
            _ = SSL_ctrl(ssl, SetHostName, 0, name);
        socket.Connect(server);
        _ = SSL_set_fd(ssl, (int)socket.Handle);
        IsAgreed = SSL_connect(ssl) == 1;
    }

    /// <summary>Whether the handshake was completed.</summary>
    public bool IsAgreed { get; }

    public void Write(ReadOnlySpan<byte> bytes) => _ = SSL_write(ssl, bytes, bytes.Length);

    /// <returns>0: the end, in order or not.</returns>
    public int Read(Span<byte> bytes) => Math.Max(0, SSL_read(ssl, bytes, bytes.Length));

    /// <summary>Whether the server has said that it was the end: close_notify.</summary>
    public bool IsNotified => (SSL_get_shutdown(ssl) & 2) != 0;

    public void Dispose()
    {
        SSL_free(ssl);
        SSL_CTX_free(context);
        socket.Dispose();
    }

    [LibraryImport(Ssl)]
    private static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    private static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    private static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    private static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SSL_ctrl(nint ssl, int command, nint number, string text);

    [LibraryImport(Ssl)]
    private static partial int SSL_set_fd(nint ssl, int descriptor);

    [LibraryImport(Ssl)]
    private static partial int SSL_connect(nint ssl);

    [LibraryImport(Ssl)]
    private static partial int SSL_write(nint ssl, ReadOnlySpan<byte> bytes, int count);

    [LibraryImport(Ssl)]
    private static partial int SSL_read(nint ssl, Span<byte> bytes, int count);

    [LibraryImport(Ssl)]
    private static partial int SSL_get_shutdown(nint ssl);
}
