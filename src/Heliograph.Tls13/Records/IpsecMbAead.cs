using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Heliograph.Tls13.Records;

/// <summary>AES-GCM by ipsec-mb (docs/adr/0014-aes-gcm-by-ipsec-mb.md). Owns the memory that the library computes in.</summary>
internal sealed unsafe class IpsecMbAead(GcmFunctions functions) : RecordAead
{
    /// <summary>
    /// struct gcm_key_data has 1,008 bytes in version 1 and 1,264 in version 2, and must lie at a multiple of 64; struct gcm_context_data
    /// has 88 in both.
    /// </summary>
    private const int KeySize = 2048, ContextSize = 256, Alignment = 64;

    private byte* key = (byte*)NativeMemory.AlignedAlloc(KeySize + ContextSize, Alignment);

    private byte* Context => key + KeySize;

    public override void Dispose()
    {
        if (key is null)
            return;
        CryptographicOperations.ZeroMemory(new Span<byte>(key, KeySize + ContextSize));
        NativeMemory.AlignedFree(key);
        key = null;
    }

    protected override void Begin(byte* key, byte* nonce, byte* header)
    {
        if (key is not null)
            functions.Expand(key, this.key);
        functions.Begin(this.key, Context, nonce, header, RecordLayer.HeaderLength);
    }

    protected override void Encrypt(byte* fragment, byte* content, int length, byte type)
    {
        functions.Update(key, Context, fragment, content, (ulong)length);
        functions.UpdateShort(key, Context, fragment + length, &type, 1);
        functions.Finish(key, Context, fragment + length + 1, CipherSuite.TagLength);
    }

    protected override bool Decrypt(byte* destination, byte* fragment, int length)
    {
        functions.Update(key, Context, destination, fragment, (ulong)length);
        // The library computes the tag and leaves the comparison to its caller.
        var tag = stackalloc byte[CipherSuite.TagLength];
        functions.Finish(key, Context, tag, CipherSuite.TagLength);
        return CryptographicOperations.FixedTimeEquals(new(tag, CipherSuite.TagLength), new(fragment + length, CipherSuite.TagLength));
    }
}
