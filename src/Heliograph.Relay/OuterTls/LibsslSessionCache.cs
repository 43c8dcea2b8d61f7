using Heliograph.Tls13.Handshake;

namespace Heliograph.Relay.OuterTls;

/// <summary>libssl's own session cache, for tickets that were issued without it: libssl resumes their sessions as it does its own.</summary>
/// <param name="context">The context whose cache it is.</param>
internal sealed unsafe class LibsslSessionCache(TlsContext context) : ISessionCache
{
    public uint LifetimeSeconds => NginxShape.SessionSeconds;

    public void Add(int suite, ReadOnlySpan<byte> ticket, ReadOnlySpan<byte> preSharedKey)
    {
        var session = LibSsl.SSL_SESSION_new();
        if (session == 0)
            return;
        var owner = NginxShape.SessionContext;
        fixed (byte* id = ticket, key = preSharedKey, name = owner)
        {
            var isComplete = LibSsl.SSL_SESSION_set_protocol_version(session, LibSsl.Tls13Version) == 1
                && LibSsl.SSL_SESSION_set_cipher(session, FindCipher(suite)) == 1
                && LibSsl.SSL_SESSION_set1_id(session, id, (uint)ticket.Length) == 1
                && LibSsl.SSL_SESSION_set1_id_context(session, name, (uint)owner.Length) == 1
                && LibSsl.SSL_SESSION_set1_master_key(session, key, preSharedKey.Length) == 1
                && LibSsl.SSL_SESSION_set_timeout(session, NginxShape.SessionSeconds) == 1;
            if (isComplete)
                _ = LibSsl.SSL_CTX_add_session(context.Pointer, session);
        }
        LibSsl.SSL_SESSION_free(session);
        GC.KeepAlive(context);
    }

    /// <summary>libssl's description of a suite, which lives as long as the library.</summary>
    private nint FindCipher(int suite)
    {
        var ciphers = LibSsl.SSL_CTX_get_ciphers(context.Pointer);
        for (var i = 0; i < LibSsl.OPENSSL_sk_num(ciphers); i++)
        {
            var cipher = LibSsl.OPENSSL_sk_value(ciphers, i);
            if (LibSsl.SSL_CIPHER_get_protocol_id(cipher) == suite)
                return cipher;
        }
        return 0;
    }
}
