using Heliograph.Tls13.Native;

namespace Heliograph.Tls13.Records;

/// <summary>
/// Which libraries protect the records of TLS 1.3 in this process: OpenSSL, and ipsec-mb for AES-GCM where the machine has it and it
/// computes the same as OpenSSL.
/// </summary>
public sealed unsafe class RecordProtection
{
    private readonly IpsecMb? ipsecMb;

    private RecordProtection(IpsecMb? ipsecMb) => this.ipsecMb = ipsecMb;

    /// <summary>Protection by OpenSSL alone, for a layer that does not have to be fast.</summary>
    public static RecordProtection OpenSslOnly { get; } = new(null);

    /// <summary>For a person: "OpenSSL 3.0.15, AES-GCM by OpenSSL", "OpenSSL 3.0.15, AES-GCM by ipsec-mb 1.3.0".</summary>
    public string Description => $"OpenSSL {LibCrypto.Version()}, AES-GCM by {AesGcm(LibCrypto.ProcessorSettings())}";

    /// <summary>The version of an ipsec-mb that is not used because it does not compute the same as OpenSSL; null: there is none.</summary>
    public string? RejectedIpsecMb { get; private init; }

    /// <summary>Looks for the libraries on this machine, and compares them. Takes some milliseconds.</summary>
    public static RecordProtection Find() => Find(IpsecMb.Load());

    /// <summary>What computes AES-GCM. Some processors have no instructions for AES: a Raspberry Pi 4.</summary>
    internal string AesGcm(string? processorSettings) =>
        ipsecMb is not null ? $"ipsec-mb {ipsecMb.Version}"
        : Processor.LacksAes(processorSettings) ? "OpenSSL, without AES instructions of the processor"
        : "OpenSSL";

    internal static RecordProtection Find(IpsecMb? candidate) =>
        candidate is null || AgreesWithOpenSsl(candidate) ? new(candidate) : new(null) { RejectedIpsecMb = candidate.Version };

    /// <summary>A record layer that uses these libraries; one for each thread. The caller owns it.</summary>
    public RecordLayer CreateLayer() => new(ipsecMb);

    /// <summary>
    /// Parts of a block, whole blocks, the strides of the library's loops and what is left over from them, a full record: each as OpenSSL
    /// protects it, and back.
    /// </summary>
    private static bool AgreesWithOpenSsl(IpsecMb candidate)
    {
        using var own = OpenSslOnly.CreateLayer();
        using var other = new RecordLayer(candidate);
        var content = new byte[RecordLayer.LargestContent];
        for (var index = 0; index < content.Length; index++)
            content[index] = (byte)(index % 251);
        foreach (var suite in CipherSuite.AesGcm)
        {
            using var ownKey = CreateKey(suite);
            using var otherKey = CreateKey(suite);
            using var openingKey = CreateKey(suite);
            foreach (var length in (ReadOnlySpan<int>)[1, 15, 16, 200, 255, 256, 767, 1300, 4097, RecordLayer.LargestContent])
            {
                ReadOnlySpan<byte> part = content.AsSpan(0, length), same = part;
                var expected = own.Protect(ownKey, ContentType.ApplicationData, ref part);
                if (!expected.SequenceEqual(other.Protect(otherKey, ContentType.ApplicationData, ref same))
                    || !Opens(other, openingKey, expected, content.AsSpan(0, length)))
                {
                    return false;
                }
            }
        }
        return true;

        TrafficKey CreateKey(CipherSuite suite) => new(suite, content.AsSpan(0, suite.HashLength), records: 0);
    }

    private static bool Opens(RecordLayer layer, TrafficKey key, ReadOnlySpan<byte> record, ReadOnlySpan<byte> content)
    {
        var destination = new byte[record.Length];
        fixed (byte* start = record, opened = destination)
        {
            return layer.Unprotect(key, start, record.Length, opened, out _) == content.Length
                && content.SequenceEqual(destination.AsSpan(0, content.Length));
        }
    }
}
