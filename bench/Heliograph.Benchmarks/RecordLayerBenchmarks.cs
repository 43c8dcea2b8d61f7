using BenchmarkDotNet.Attributes;
using Heliograph.Tls13.Records;

namespace Heliograph.Benchmarks;

/// <summary>What a record of TLS 1.3 costs with each library that does AES-GCM.</summary>
public class RecordLayerBenchmarks : IDisposable
{
    private readonly CipherSuite suite = CipherSuite.Find(0x1301)!;
    private readonly byte[] bytes = new byte[RecordLayer.LargestContent];
    private RecordLayer layer = null!;
    private TrafficKey first = null!, second = null!;

    [Params(200, RecordLayer.LargestContent)]
    public int Length { get; set; }

    [Params("OpenSSL", "ipsec-mb")]
    public string Library { get; set; } = "";

    [GlobalSetup]
    public void Start()
    {
        var ipsecMb =
            Library == "ipsec-mb"
                ? IpsecMb.Load() ?? throw new InvalidOperationException("ipsec-mb is not here, or this processor has no VAES.")
                : null;
        layer = new(ipsecMb);
        first = new(suite, new byte[suite.HashLength], records: 0);
        second = new(suite, new byte[suite.HashLength], records: 0);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        layer.Dispose();
        first.Dispose();
        second.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "a record")]
    public int Protect() => Protect(first);

    [Benchmark(Description = "a record each of two connections in turn", OperationsPerInvoke = 2)]
    public int Alternate() => Protect(first) + Protect(second);

    private int Protect(TrafficKey key)
    {
        ReadOnlySpan<byte> content = bytes.AsSpan(0, Length);
        return layer.Protect(key, ContentType.ApplicationData, ref content).Length;
    }
}
