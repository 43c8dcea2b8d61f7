using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Heliograph.Relay.OuterTls;

/// <summary>The application protocols that a context offers, and libssl's callback that selects one (ALPN, RFC 7301).</summary>
internal sealed unsafe class ProtocolList
{
    /// <summary>The list in ALPN's wire format, after its length, in memory that lives as long as the process: contexts that were replaced refer to it.</summary>
    private readonly byte* list;

    private ProtocolList(params string[] names)
    {
        var wire = names.SelectMany(static name => Encoding.ASCII.GetBytes(name).Prepend((byte)name.Length)).ToArray();
        list = (byte*)NativeMemory.Alloc((nuint)wire.Length + 1);
        list[0] = (byte)wire.Length;
        wire.CopyTo(new Span<byte>(list + 1, wire.Length));
    }

    public static ProtocolList Http2 { get; } = new("h2", "http/1.1", "http/1.0", "http/0.9");

    public static ProtocolList Http1 { get; } = new("http/1.1", "http/1.0", "http/0.9");

    public static ProtocolList Validation { get; } = new("acme-tls/1");

    /// <summary>The names, each after a length of one byte, the preferred one first.</summary>
    public ReadOnlySpan<byte> Wire => new(list + 1, list[0]);

    /// <summary>Makes an SSL_CTX offer these.</summary>
    public void ApplyTo(nint context) => LibSsl.SSL_CTX_set_alpn_select_cb(context, &Select, (nint)list);

    /// <summary>nginx's rule: the server's order decides, and the alert is no_application_protocol when nothing matches.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Select(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, nint argument)
    {
        const int Negotiated = 1; // OPENSSL_NPN_NEGOTIATED
        var list = (byte*)argument;
        return LibSsl.SSL_select_next_proto(selected, selectedLength, list + 1, list[0], offered, offeredLength) == Negotiated
            ? LibSsl.AlpnOk
            : LibSsl.AlertFatal;
    }
}
