using Heliograph.Relay.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.OuterTls;

/// <summary>Which libraries protect the records of TLS 1.3 in this process: OpenSSL, and ipsec-mb for AES-GCM where it is there and computes what OpenSSL does.</summary>
internal sealed unsafe class RecordProtection
{
    private readonly IpsecMb? ipsecMb;

    private RecordProtection(IpsecMb? ipsecMb) => this.ipsecMb = ipsecMb;

    /// <summary>For a person: "OpenSSL 3.0.15", "OpenSSL 3.0.15, AES-GCM by ipsec-mb 1.3.0".</summary>
    public string Description => $"OpenSSL {OpenSsl.Version()}{(ipsecMb is null ? "" : $", AES-GCM by ipsec-mb {ipsecMb.Version}")}";

    public static RecordProtection Find(ILogger log) => Find(IpsecMb.Load(), log);

    public static RecordProtection Find(IpsecMb? candidate, ILogger log)
    {
        if (candidate is null || Agrees(candidate))
            return new(candidate);
        log.IpsecMbDiffers(candidate.Version);
        return new(null);
    }

    public RecordLayer CreateLayer() => new(ipsecMb);

    /// <summary>Parts of a block, blocks, the strides of the library's loops and what is left over from them, a full record: each as OpenSSL protects it, and back.</summary>
    private static bool Agrees(IpsecMb candidate)
    {
        using var own = new RecordLayer(ipsecMb: null);
        using var other = new RecordLayer(candidate);
        var content = new byte[RecordLayer.LargestContent];
        for (var at = 0; at < content.Length; at++)
            content[at] = (byte)(at % 251);
        foreach (var suite in CipherSuite.AesGcm)
        {
            using var ownKey = Key(suite);
            using var otherKey = Key(suite);
            using var openingKey = Key(suite);
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

        TrafficKey Key(CipherSuite suite) => new(suite, content.AsSpan(0, suite.HashLength), records: 0);
    }

    private static bool Opens(RecordLayer layer, TrafficKey key, ReadOnlySpan<byte> record, ReadOnlySpan<byte> content)
    {
        var destination = new byte[record.Length];
        fixed (byte* start = record, opened = destination)
            return layer.Unprotect(key, start, record.Length, opened, out _) == content.Length && content.SequenceEqual(destination.AsSpan(0, content.Length));
    }
}
