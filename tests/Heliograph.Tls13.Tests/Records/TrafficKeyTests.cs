using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Records;

public sealed class TrafficKeyTests
{
    [Fact]
    public void A_key_that_was_wiped_protects_nothing()
    {
        using var records = new RecordLayer(ipsecMb: null);
        var key = new TrafficKey(CipherSuite.Find(0x1301)!, new byte[32], records: 0);
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() =>
        {
            ReadOnlySpan<byte> content = [1, 2, 3];
            records.Protect(key, ContentType.ApplicationData, ref content);
        });
    }
}
