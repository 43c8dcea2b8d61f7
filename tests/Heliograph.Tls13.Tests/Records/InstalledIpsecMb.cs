using Heliograph.Tls13.Native;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Records;

internal static class InstalledIpsecMb
{
    /// <summary>The machine's; the test is skipped where it has none.</summary>
    public static IpsecMb Require()
    {
        Assert.SkipUnless(Processor.HasWideAes(LibCrypto.ProcessorSettings()), "this processor has no AES on registers of 512 bits (VAES)");
        var library = IpsecMb.Load();
        Assert.SkipWhen(library is null, "ipsec-mb is not installed (Debian: apt-get install libipsec-mb1)");
        return library!;
    }
}
