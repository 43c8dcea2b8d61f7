using System.Runtime.InteropServices;

namespace Heliograph.Tls13.Native;

/// <summary>
/// OpenSSL's queue of errors. It belongs to the thread and not to a connection: clear it before a call whose errors matter, and read it
/// right after.
/// </summary>
public static partial class OpenSslErrors
{
    /// <summary>Empties the queue of this thread.</summary>
    public static void Clear() => ERR_clear_error();

    /// <summary>The reason of the first error in OpenSSL's words ("no shared cipher"); empties the queue of this thread.</summary>
    public static string TakeFirst()
    {
        var code = ERR_get_error();
        if (code == 0)
            return "no reason given";
        var reason = Marshal.PtrToStringUTF8(ERR_reason_error_string(code));
        ERR_clear_error();
        return reason ?? $"error {code:x}";
    }

    [LibraryImport(LibCrypto.Name)]
    [SuppressGCTransition]
    private static partial void ERR_clear_error();

    [LibraryImport(LibCrypto.Name)]
    private static partial ulong ERR_get_error();

    [LibraryImport(LibCrypto.Name)]
    private static partial nint ERR_reason_error_string(ulong code);
}
