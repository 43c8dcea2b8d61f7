namespace Heliograph.Relay.OuterTls;

/// <summary>
/// How long the tickets of a resumed TLS 1.3 session last: as with nginx since 1.23.2 (ngx_ssl_info_callback), until the first session of
/// the chain would have ended. OpenSSL would begin anew each time.
/// </summary>
internal static unsafe class SessionAge
{
    /// <summary>
    /// Ages the connection's copy of the session that the hello has resumed: the tickets' own sessions are made from it.
    /// </summary>
    public static void Limit(nint ssl)
    {
        var session = LibSsl.SSL_get_session(ssl);
        var age = (nint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - LibSsl.SSL_SESSION_get_time(session);
        var left = LibSsl.SSL_SESSION_get_timeout(session) - age;
        if (left > 0)
        {
            _ = LibSsl.SSL_SESSION_set_timeout(session, left);
            return;
        }
        // nginx refuses what such a session leads to.
        byte nobody = 0;
        _ = LibSsl.SSL_SESSION_set1_id_context(session, &nobody, 0);
    }
}
