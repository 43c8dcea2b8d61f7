namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The AEAD of one cipher suite in one direction, and whose key it has at present: the connections of a loop take turns on it. There are two,
/// <see cref="OpenSslAead"/> for every suite and <see cref="IpsecMbAead"/> for AES-GCM.
/// </summary>
internal abstract unsafe class RecordAead : IDisposable
{
    private TrafficKey? current;
    private int generation;

    public static RecordAead Create(CipherSuite suite, bool encrypts, IpsecMb? ipsecMb) =>
        ipsecMb?.Find(suite, encrypts) is { } functions ? new IpsecMbAead(functions) : new OpenSslAead(suite, encrypts);

    /// <summary>Writes a record's fragment behind its header: content and type encrypted, and the tag.</summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="record">The header, and room for the fragment.</param>
    /// <param name="content">What is encrypted.</param>
    /// <param name="length">Its length.</param>
    /// <param name="type">What is encrypted behind it.</param>
    public void Seal(TrafficKey key, byte* record, byte* content, int length, ContentType type)
    {
        Begin(key, record);
        Encrypt(record + RecordLayer.HeaderLength, content, length, (byte)type);
    }

    /// <summary>Decrypts a record's fragment. What is in the destination counts for nothing unless this is true.</summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="record">The whole record.</param>
    /// <param name="length">The fragment's length without the tag.</param>
    /// <param name="destination">Gets as many bytes.</param>
    /// <returns>Whether the tag is that of the header and the fragment.</returns>
    public bool Open(TrafficKey key, byte* record, int length, byte* destination)
    {
        Begin(key, record);
        return Decrypt(destination, record + RecordLayer.HeaderLength, length);
    }

    public abstract void Dispose();

    /// <param name="key">As long as the suite's; null: the one before.</param>
    /// <param name="nonce">The record's.</param>
    /// <param name="header">The additional data.</param>
    protected abstract void Begin(byte* key, byte* nonce, byte* header);

    protected abstract void Encrypt(byte* fragment, byte* content, int length, byte type);

    protected abstract bool Decrypt(byte* destination, byte* fragment, int length);

    private void Begin(TrafficKey key, byte* header)
    {
        var nonce = stackalloc byte[CipherSuite.NonceLength];
        key.TakeNonce(new Span<byte>(nonce, CipherSuite.NonceLength));
        var known = current == key && generation == key.Generation;
        // Nobody's, should it fail.
        current = null;
        fixed (byte* bytes = key.Key)
            Begin(known ? null : bytes, nonce, header);
        current = key;
        generation = key.Generation;
    }
}
