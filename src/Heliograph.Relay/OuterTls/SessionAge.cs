using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// How long the tickets of a resumed TLS 1.3 session last: as with nginx since 1.23.2 (ngx_ssl_info_callback), until the first session of
/// the chain would have ended. OpenSSL would begin anew each time.
/// </summary>
/// <remarks>
/// The resumed session belongs to every connection that comes with its ticket, and stays as it is: nginx has a copy for each hello. Each
/// new ticket has a session of its own, and OpenSSL hands it over once it has set its time.
/// </remarks>
internal static unsafe class SessionAge
{
    /// <summary>nginx refuses what such a session leads to.</summary>
    private const nint Ended = -1;

    private static readonly int Slot = LibSsl.CRYPTO_get_ex_new_index(LibSsl.ExDataOfSsl, 0, 0, 0, 0, 0);

    /// <summary>The tickets of this context's connections last as long as <see cref="Note"/> has found.</summary>
    public static void ApplyTo(nint context) => _ = LibSsl.SSL_CTX_set_session_ticket_cb(context, &Limit, 0, 0);

    /// <summary>Finds how long the session lasts that the hello has resumed.</summary>
    public static void Note(nint ssl)
    {
        var session = LibSsl.SSL_get_session(ssl);
        var age = (nint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - LibSsl.SSL_SESSION_get_time(session);
        var left = LibSsl.SSL_SESSION_get_timeout(session) - age;
        _ = LibSsl.SSL_set_ex_data(ssl, Slot, (void*)(left > 0 ? left : Ended));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Limit(nint ssl, nint argument)
    {
        var left = (nint)LibSsl.SSL_get_ex_data(ssl, Slot);
        var session = LibSsl.SSL_get_session(ssl);
        byte nobody = 0;
        if (left == Ended)
            _ = LibSsl.SSL_SESSION_set1_id_context(session, &nobody, 0);
        else if (left != 0)
            _ = LibSsl.SSL_SESSION_set_timeout(session, left);
        return 1;
    }
}
