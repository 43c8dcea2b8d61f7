using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Tls13;

/// <summary>A client's key for one group, the same in all tests.</summary>
public sealed partial class ClientShare
{
    private const string Crypto = "libcrypto.so.3";

    private readonly Func<byte[], byte[]> agree;

    private ClientShare(ushort group, byte[] publicKey, Func<byte[], byte[]> agree)
    {
        Group = group;
        PublicKey = publicKey;
        this.agree = agree;
    }

    public static ClientShare P256 { get; } = Nist(0x0017, ECCurve.NamedCurves.nistP256);

    public static ClientShare P384 { get; } = Nist(0x0018, ECCurve.NamedCurves.nistP384);

    public static ClientShare P521 { get; } = Nist(0x0019, ECCurve.NamedCurves.nistP521);

    public static ClientShare X25519 { get; } = Montgomery(0x001d, 1034, 32);

    public static ClientShare X448 { get; } = Montgomery(0x001e, 1035, 56);

    /// <summary>The hybrid of OpenSSL 3.5; null with an older one.</summary>
    public static ClientShare? X25519MlKem768 { get; } =
        SafeEvpPKeyHandle.OpenSslVersion >= 0x30500000 ? Encapsulated(0x11ec, "X25519MLKEM768") : null;

    public ushort Group { get; }

    public byte[] PublicKey { get; }

    /// <summary>The entry in key_share.</summary>
    public byte[] Entry => [.. UInt16(Group), .. Vector16(PublicKey)];

    /// <summary>The key for a group, or null if the tests have none.</summary>
    public static ClientShare? ForGroup(int group) =>
        new[] { X25519, P256, P384, P521, X448, X25519MlKem768 }.FirstOrDefault(share => share?.Group == group);

    /// <summary>The shared secret.</summary>
    public byte[] Agree(byte[] serverKey) => agree(serverKey);

    private static ClientShare Nist(ushort group, ECCurve curve)
    {
        var own = ECDiffieHellman.Create(curve);
        var point = own.ExportParameters(includePrivateParameters: false).Q;
        var oneAtATime = new Lock();
        return new(group, [4, .. point.X!, .. point.Y!], serverKey =>
        {
            var length = (serverKey.Length - 1) / 2;
            var q = new ECPoint { X = serverKey[1..(1 + length)], Y = serverKey[(1 + length)..] };
            using var peer = ECDiffieHellman.Create(new ECParameters { Curve = curve, Q = q });
            lock (oneAtATime)
                return own.DeriveRawSecretAgreement(peer.PublicKey);
        });
    }

    /// <summary>.NET has no Montgomery curves; libcrypto does.</summary>
    private static ClientShare Montgomery(ushort group, int type, int length)
    {
        var secret = new byte[length];
        secret.AsSpan().Fill(0x42);
        var own = EVP_PKEY_new_raw_private_key(type, 0, secret, length);
        var publicKey = new byte[length];
        nint size = length;
        Require(EVP_PKEY_get_raw_public_key(own, publicKey, ref size));
        return new(group, publicKey, serverKey =>
        {
            var peer = EVP_PKEY_new_raw_public_key(type, 0, serverKey, length);
            var context = EVP_PKEY_CTX_new(own, 0);
            try
            {
                var shared = new byte[length];
                nint count = length;
                Require(EVP_PKEY_derive_init(context));
                Require(EVP_PKEY_derive_set_peer(context, peer));
                Require(EVP_PKEY_derive(context, shared, ref count));
                return shared;
            }
            finally
            {
                EVP_PKEY_CTX_free(context);
                EVP_PKEY_free(peer);
            }
        });
    }

    /// <summary>The server encapsulates a secret in the client's key.</summary>
    private static unsafe ClientShare Encapsulated(ushort group, string type)
    {
        var own = EVP_PKEY_Q_keygen(0, 0, type);
        byte* encoded;
        var length = (int)EVP_PKEY_get1_encoded_public_key(own, &encoded);
        var publicKey = new ReadOnlySpan<byte>(encoded, length).ToArray();
        CRYPTO_free((nint)encoded, 0, 0);
        return new(group, publicKey, serverKey =>
        {
            var context = EVP_PKEY_CTX_new(own, 0);
            try
            {
                nint count = 0;
                Require(EVP_PKEY_decapsulate_init(context, 0));
                Require(EVP_PKEY_decapsulate(context, null, ref count, serverKey, serverKey.Length));
                var shared = new byte[count];
                Require(EVP_PKEY_decapsulate(context, shared, ref count, serverKey, serverKey.Length));
                return shared;
            }
            finally
            {
                EVP_PKEY_CTX_free(context);
            }
        });
    }

    private static void Require(int result)
    {
        if (result != 1)
            throw new InvalidOperationException("OpenSSL: the test's client could not agree on a key.");
    }

    [LibraryImport(Crypto, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EVP_PKEY_Q_keygen(nint library, nint properties, string type);

    [LibraryImport(Crypto)]
    private static unsafe partial nint EVP_PKEY_get1_encoded_public_key(nint key, byte** bytes);

    [LibraryImport(Crypto)]
    private static partial void CRYPTO_free(nint memory, nint file, int line);

    [LibraryImport(Crypto)]
    private static partial int EVP_PKEY_decapsulate_init(nint context, nint parameters);

    [LibraryImport(Crypto)]
    private static partial int EVP_PKEY_decapsulate(nint context, byte[]? secret, ref nint length, byte[] wrapped, nint wrappedLength);

    [LibraryImport(Crypto)]
    private static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte[] key, nint length);

    [LibraryImport(Crypto)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte[] key, nint length);

    [LibraryImport(Crypto)]
    private static partial int EVP_PKEY_get_raw_public_key(nint key, byte[] bytes, ref nint length);

    [LibraryImport(Crypto)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Crypto)]
    private static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(Crypto)]
    private static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Crypto)]
    private static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(Crypto)]
    private static partial int EVP_PKEY_derive_set_peer(nint context, nint peer);

    [LibraryImport(Crypto)]
    private static partial int EVP_PKEY_derive(nint context, byte[] key, ref nint length);
}
