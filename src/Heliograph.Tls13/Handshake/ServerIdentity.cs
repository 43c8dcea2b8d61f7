using System.Runtime.InteropServices;
using Heliograph.Tls13.Native;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// Who a server is: its certificates, the key that proves it, the application protocols that it speaks, and where its sessions are kept.
/// All threads may use one at a time. One that was replaced may be left to its finalizer, as a thread may still use it.
/// </summary>
public sealed unsafe class ServerIdentity : SafeHandle
{
    private readonly byte[] protocols;

    private ServerIdentity(nint key, byte[] certificateMessage, byte[] protocols, ISessionCache sessions) : base(0, ownsHandle: true)
    {
        SetHandle(key);
        CertificateMessage = certificateMessage;
        this.protocols = protocols;
        Sessions = sessions;
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The private key as OpenSSL's EVP_PKEY.</summary>
    internal nint Key => handle;

    /// <summary>The Certificate message (RFC 8446 section 4.4.2).</summary>
    internal byte[] CertificateMessage { get; }

    internal ISessionCache Sessions { get; }

    /// <summary>Makes an identity, if <see cref="HandshakeServer"/> can serve it.</summary>
    /// <param name="chain">The certificates in DER, the leaf first.</param>
    /// <param name="key">The leaf's private key on the curve P-256: PKCS #8, DER. Not kept.</param>
    /// <param name="protocols">
    /// The application protocols in ALPN's wire format (RFC 7301 section 3.1: a length of one byte before each name), the preferred one
    /// first.
    /// </param>
    /// <param name="sessions">Where sessions are kept.</param>
    /// <returns>Null: the certificates do not fit into one record, or OpenSSL does not accept the key.</returns>
    public static ServerIdentity? TryCreate(
        IReadOnlyList<ReadOnlyMemory<byte>> chain, ReadOnlySpan<byte> key, ReadOnlySpan<byte> protocols, ISessionCache sessions)
    {
        ArgumentNullException.ThrowIfNull(chain);
        if (WriteCertificateMessage(chain) is not { } message)
            return null;
        nint parsed;
        OpenSslErrors.Clear();
        fixed (byte* der = key)
        {
            var start = der;
            parsed = LibCrypto.d2i_AutoPrivateKey(0, &start, key.Length);
        }
        OpenSslErrors.Clear();
        return parsed == 0 ? null : new(parsed, message, protocols.ToArray(), sessions);
    }

    /// <summary>Selects the protocol by ALPN: the first of the server's that the client offers, too.</summary>
    /// <param name="offered">The client's entries, well-formed; empty: the client sent no such extension.</param>
    /// <param name="selected">A name; empty: the client offered nothing.</param>
    /// <returns>False: nothing matches.</returns>
    internal bool TrySelectProtocol(ReadOnlySpan<byte> offered, out ReadOnlySpan<byte> selected)
    {
        selected = default;
        if (offered.IsEmpty)
            return true;
        for (var ours = new ReadOnlySpan<byte>(protocols); !ours.IsEmpty; ours = ours[(1 + ours[0])..])
        {
            for (var theirs = offered; !theirs.IsEmpty; theirs = theirs[(1 + theirs[0])..])
            {
                if (!theirs[1..(1 + theirs[0])].SequenceEqual(ours[1..(1 + ours[0])]))
                    continue;
                selected = ours[1..(1 + ours[0])];
                return true;
            }
        }
        return false;
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_free(handle);
        return true;
    }

    private static byte[]? WriteCertificateMessage(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        const int PerCertificate = 3 + 2, Fixed = 4 + 1 + 3;
        var length = Fixed + chain.Sum(static certificate => PerCertificate + certificate.Length);
        if (length > RecordLayer.LargestContent)
            return null;
        var message = new byte[length];
        var writer = new MessageWriter(message, HandshakeType.Certificate);
        writer.WriteByte(0); // certificate_request_context
        writer.WriteUInt24(length - Fixed);
        foreach (var certificate in chain)
        {
            writer.WriteUInt24(certificate.Length);
            writer.Write(certificate.Span);
            writer.WriteUInt16(0); // no extensions
        }
        _ = writer.Message;
        return message;
    }
}
