namespace Heliograph.Tls13.Records;

/// <summary>
/// The AEAD of one cipher suite in one direction, which remembers whose key it holds: the connections of a record layer share it. There are
/// two kinds, <see cref="OpenSslAead"/> for every suite and <see cref="IpsecMbAead"/> for AES-GCM.
/// </summary>
internal abstract unsafe class RecordAead : IDisposable
{
    private TrafficKey? current;
    private int generation;

    public static RecordAead Create(CipherSuite suite, bool encrypts, IpsecMb? ipsecMb) =>
        ipsecMb?.Find(suite, encrypts) is { } functions ? new IpsecMbAead(functions) : new OpenSslAead(suite, encrypts);

    /// <summary>Writes a record's fragment after its header: content and type, encrypted, and the tag.</summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="record">The header, and room for the fragment.</param>
    /// <param name="content">What is encrypted.</param>
    /// <param name="length">The content's length, in bytes.</param>
    /// <param name="type">The content's type, which is encrypted after it.</param>
    public void Seal(TrafficKey key, byte* record, byte* content, int length, ContentType type)
    {
        Begin(key, record);
        Encrypt(record + RecordLayer.HeaderLength, content, length, (byte)type);
    }

    /// <summary>Decrypts a record's fragment. The bytes in the destination mean nothing unless this returns true.</summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="record">The whole record.</param>
    /// <param name="length">The fragment's length without the tag, in bytes.</param>
    /// <param name="destination">Gets as many bytes.</param>
    /// <returns>Whether the tag is right for the header and the fragment.</returns>
    public bool Open(TrafficKey key, byte* record, int length, byte* destination)
    {
        Begin(key, record);
        return Decrypt(destination, record + RecordLayer.HeaderLength, length);
    }

    public abstract void Dispose();

    /// <param name="key">As long as the suite's keys; null: the key of the last record.</param>
    /// <param name="nonce">The record's nonce.</param>
    /// <param name="header">The additional data.</param>
    protected abstract void Begin(byte* key, byte* nonce, byte* header);

    protected abstract void Encrypt(byte* fragment, byte* content, int length, byte type);

    protected abstract bool Decrypt(byte* destination, byte* fragment, int length);

    private void Begin(TrafficKey key, byte* header)
    {
        var nonce = stackalloc byte[CipherSuite.NonceLength];
        key.NextNonce(new Span<byte>(nonce, CipherSuite.NonceLength));
        var known = current == key && generation == key.Generation;
        // If this fails, the AEAD holds nobody's key.
        current = null;
        fixed (byte* bytes = key.Key)
            Begin(known ? null : bytes, nonce, header);
        current = key;
        generation = key.Generation;
    }
}
