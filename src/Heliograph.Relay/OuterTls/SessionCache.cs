using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Heliograph.Tls13.Handshake;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The sessions of a context, for libssl and for handshakes without it: both kinds are resumed by libssl, which gets a copy for each hello
/// as it does from nginx.
/// </summary>
internal sealed unsafe class SessionCache : ISessionCache
{
    /// <summary>Where an SSL_CTX has its cache: a handle that is freed with the context.</summary>
    private static readonly int Slot = LibSsl.CRYPTO_get_ex_new_index(LibSsl.ExDataOfContext, 0, 0, 0, 0, &FreeCache);

    private readonly SessionStore store = new(TimeProvider.System);
    private readonly nint context;

    private SessionCache(nint context) => this.context = context;

    public uint LifetimeSeconds => NginxShape.SessionSeconds;

    /// <summary>Gives a context its cache, which lives as long as the context.</summary>
    public static SessionCache CreateFor(nint context)
    {
        var cache = new SessionCache(context);
        if (LibSsl.SSL_CTX_set_ex_data(context, Slot, (void*)GCHandle.ToIntPtr(GCHandle.Alloc(cache))) != 1)
            throw new InvalidOperationException("OpenSSL has no room for a session cache");
        LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetSessionCacheMode, LibSsl.SessionCacheServer | LibSsl.SessionCacheNoInternal, 0);
        LibSsl.SSL_CTX_sess_set_new_cb(context, &KeepNew);
        LibSsl.SSL_CTX_sess_set_get_cb(context, &LookUp);
        LibSsl.SSL_CTX_sess_set_remove_cb(context, &Forget);
        return cache;
    }

    public void Add(int suite, ReadOnlySpan<byte> ticket, ReadOnlySpan<byte> preSharedKey)
    {
        Span<byte> content = stackalloc byte[sizeof(ushort) + preSharedKey.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(content, (ushort)suite);
        preSharedKey.CopyTo(content[sizeof(ushort)..]);
        store.Add(ticket, SessionForm.SuiteAndKey, content);
        content.Clear();
    }

    /// <summary>Keeps a copy of a session of libssl's.</summary>
    public void Add(nint session)
    {
        var length = LibSsl.i2d_SSL_SESSION(session, null);
        if (length is <= 0 or > SessionStore.LongestContent)
            return;
        var content = stackalloc byte[length];
        var end = content;
        _ = LibSsl.i2d_SSL_SESSION(session, &end);
        store.Add(IdOf(session), SessionForm.Der, new(content, length));
        new Span<byte>(content, length).Clear();
    }

    /// <returns>A session that the caller owns; 0: it is not known.</returns>
    private nint Find(ReadOnlySpan<byte> id)
    {
        Span<byte> content = stackalloc byte[SessionStore.LongestContent];
        if (store.Find(id, content, out var form, out var keptAt) is not { } length)
            return 0;
        content = content[..length];
        var session = form == SessionForm.Der ? Read(content) : Make(id, content, keptAt);
        content.Clear();
        return session;
    }

    private static nint Read(ReadOnlySpan<byte> der)
    {
        fixed (byte* start = der)
        {
            var at = start;
            return LibSsl.d2i_SSL_SESSION(0, &at, der.Length);
        }
    }

    private nint Make(ReadOnlySpan<byte> ticket, ReadOnlySpan<byte> content, long keptAt)
    {
        var session = LibSsl.SSL_SESSION_new();
        if (session == 0)
            return 0;
        var owner = NginxShape.SessionContext;
        var preSharedKey = content[sizeof(ushort)..];
        fixed (byte* id = ticket, key = preSharedKey, name = owner)
        {
            if (LibSsl.SSL_SESSION_set_protocol_version(session, LibSsl.Tls13Version) == 1
                && LibSsl.SSL_SESSION_set_cipher(session, FindCipher(BinaryPrimitives.ReadUInt16LittleEndian(content))) == 1
                && LibSsl.SSL_SESSION_set1_id(session, id, (uint)ticket.Length) == 1
                && LibSsl.SSL_SESSION_set1_id_context(session, name, (uint)owner.Length) == 1
                && LibSsl.SSL_SESSION_set1_master_key(session, key, preSharedKey.Length) == 1
                && LibSsl.SSL_SESSION_set_time(session, (nint)keptAt) != 0
                && LibSsl.SSL_SESSION_set_timeout(session, NginxShape.SessionSeconds) == 1)
            {
                return session;
            }
        }
        LibSsl.SSL_SESSION_free(session);
        return 0;
    }

    /// <summary>libssl's description of a suite, which lives as long as the library.</summary>
    private nint FindCipher(int suite)
    {
        var ciphers = LibSsl.SSL_CTX_get_ciphers(context);
        for (var i = 0; i < LibSsl.OPENSSL_sk_num(ciphers); i++)
        {
            var cipher = LibSsl.OPENSSL_sk_value(ciphers, i);
            if (LibSsl.SSL_CIPHER_get_protocol_id(cipher) == suite)
                return cipher;
        }
        return 0;
    }

    private static ReadOnlySpan<byte> IdOf(nint session)
    {
        uint length;
        var id = LibSsl.SSL_SESSION_get_id(session, &length);
        return new(id, (int)length);
    }

    private static SessionCache? Of(nint context) =>
        (nint)LibSsl.SSL_CTX_get_ex_data(context, Slot) is var handle and not 0 ? (SessionCache?)GCHandle.FromIntPtr(handle).Target : null;

    /// <returns>0: libssl keeps its reference.</returns>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int KeepNew(nint ssl, nint session)
    {
        Of(LibSsl.SSL_get_SSL_CTX(ssl))?.Add(session);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint LookUp(nint ssl, byte* id, int length, int* takesReference)
    {
        // The session becomes the connection's own.
        *takesReference = 0;
        return Of(LibSsl.SSL_get_SSL_CTX(ssl))?.Find(new(id, length)) ?? 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Forget(nint context, nint session) => Of(context)?.store.Remove(IdOf(session));

    /// <summary>Called for every context of the process, also for those that have no cache.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FreeCache(nint context, nint handle, nint all, int slot, nint number, nint pointer)
    {
        if (handle == 0)
            return;
        var owned = GCHandle.FromIntPtr(handle);
        ((SessionCache?)owned.Target)?.store.Clear();
        owned.Free();
    }
}
