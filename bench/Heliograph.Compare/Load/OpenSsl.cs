using System.Runtime.InteropServices;

namespace Heliograph.Compare.Load;

/// <summary>The few functions of OpenSSL 3 that a blocking TLS client needs.</summary>
internal static partial class OpenSsl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    // openssl/ssl.h: SSL_CTX_set_mode, SSL_CTX_set_read_ahead, SSL_CTX_set_session_cache_mode and SSL_set_tlsext_host_name are macros
    // over the two ctrl functions.
    internal const int CtrlMode = 33;
    internal const int CtrlReadAhead = 41;
    internal const int CtrlSessionCacheMode = 44;
    internal const int CtrlServerName = 55;
    internal const nint ModeReleaseBuffers = 0x10;
    internal const nint ServerNameIsHost = 0;
    internal const int VerifyPeer = 1;
    internal const int ErrorWantRead = 2;
    internal const int ErrorZeroReturn = 6;

    /// <summary>EINTR.</summary>
    private const int Interrupted = 4;

    /// <summary>"3.0.19" of "OpenSSL 3.0.19 27 Jan 2026".</summary>
    internal static string Version() => Marshal.PtrToStringUTF8(OpenSSL_version(0))!.Split(' ')[1];

    [LibraryImport(Crypto)]
    private static partial nint OpenSSL_version(int what);

    [LibraryImport(Ssl)]
    internal static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_default_read_buffer_len(nint context, nuint length);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_load_verify_file(nint context, string file);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, string suites);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_alpn_protos(nint context, ReadOnlySpan<byte> list, uint length);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_set_fd(nint ssl, int descriptor);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_set1_host(nint ssl, string name);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint SSL_ctrl(nint ssl, int command, nint number, string text);

    [LibraryImport(Ssl, SetLastError = true)]
    internal static partial int SSL_connect(nint ssl);

    [LibraryImport(Ssl, SetLastError = true)]
    internal static unsafe partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, SetLastError = true)]
    internal static unsafe partial int SSL_write(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get_version(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Crypto)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    internal static partial nuint ERR_peek_last_error();

    [LibraryImport(Crypto)]
    internal static partial nint ERR_reason_error_string(nuint error);

    /// <summary>
    /// Whether a signal interrupted the last call: that of a child that has ended, say. The kernel never restarts a wait that has a time
    /// limit (SO_RCVTIMEO, SO_SNDTIMEO; signal(7)).
    /// </summary>
    internal static bool WasInterrupted => Marshal.GetLastPInvokeError() == Interrupted;

    /// <summary>Why the last call failed, in OpenSSL's words or the system's.</summary>
    internal static string Reason() =>
        Marshal.PtrToStringUTF8(ERR_reason_error_string(ERR_peek_last_error()))
        ?? (Marshal.GetLastPInvokeError() is not 0 and var error
            ? Marshal.GetPInvokeErrorMessage(error)
            : "the peer closed the connection");
}
