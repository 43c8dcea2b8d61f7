using Heliograph.Tls13.Native;

namespace Heliograph.Tls13.Records;

/// <summary>Any suite by OpenSSL's EVP.</summary>
internal sealed unsafe class OpenSslAead : RecordAead
{
    private readonly nint context = LibCrypto.EVP_CIPHER_CTX_new();
    private readonly int encrypts;

    public OpenSslAead(CipherSuite suite, bool encrypts)
    {
        this.encrypts = encrypts ? 1 : 0;
        Check(LibCrypto.EVP_CipherInit_ex(context, suite.Aead, 0, null, null, this.encrypts) == 1);
    }

    public override void Dispose() => LibCrypto.EVP_CIPHER_CTX_free(context);

    protected override void Begin(byte* key, byte* nonce, byte* header)
    {
        int count;
        Check(LibCrypto.EVP_CipherInit_ex(context, 0, 0, key, nonce, encrypts) == 1
            && LibCrypto.EVP_CipherUpdateShort(context, null, &count, header, RecordLayer.HeaderLength) == 1);
    }

    protected override void Encrypt(byte* fragment, byte* content, int length, byte type)
    {
        int count;
        Check(LibCrypto.EVP_CipherUpdate(context, fragment, &count, content, length) == 1
            && LibCrypto.EVP_CipherUpdateShort(context, fragment + length, &count, &type, 1) == 1
            && LibCrypto.EVP_CipherFinal_ex(context, fragment + length + 1, &count) == 1
            && LibCrypto.EVP_CIPHER_CTX_ctrl(context, LibCrypto.CtrlAeadGetTag, CipherSuite.TagLength, fragment + length + 1) == 1);
    }

    protected override bool Decrypt(byte* destination, byte* fragment, int length)
    {
        int count;
        return LibCrypto.EVP_CIPHER_CTX_ctrl(context, LibCrypto.CtrlAeadSetTag, CipherSuite.TagLength, fragment + length) == 1
            && LibCrypto.EVP_CipherUpdate(context, destination, &count, fragment, length) == 1
            && LibCrypto.EVP_CipherFinal_ex(context, destination + length, &count) == 1;
    }

    private static void Check(bool done)
    {
        if (!done)
            throw new InvalidOperationException($"OpenSSL cannot encrypt: {OpenSslErrors.TakeFirst()}");
    }
}
