using System.Runtime.InteropServices;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Tests.Server;
using Heliograph.Tls13.Native;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.Tests.Diagnostics;

public sealed class IpsecMbLogTests
{
    private readonly RecordingLog log = new();

    [Fact]
    public void A_library_that_is_used_or_missing_is_not_logged()
    {
        log.ReportIpsecMb(RecordProtection.Find(candidate: null));
        log.ReportIpsecMb(RecordProtection.Find());

        Assert.Empty(log.Lines);
    }

    /// <remarks>The functions for keys of the other length stand in for those of a library or a processor that computes wrongly.</remarks>
    [Fact]
    public void A_library_that_computes_something_else_is_reported_in_one_line()
    {
        Assert.SkipUnless(Processor.HasWideAes(LibCrypto.ProcessorSettings()), "this processor has no AES on registers of 512 bits (VAES)");
        var library = IpsecMb.Load();
        Assert.SkipWhen(library is null, "ipsec-mb is not installed (Debian: apt-get install libipsec-mb1)");
        var wrong = IpsecMb.Bind(static name => FindFunction(name.Replace("enc_128", "enc_256", StringComparison.Ordinal)))!;

        log.ReportIpsecMb(RecordProtection.Find(wrong));

        Assert.Equal(
            [
                $"ipsec-mb {library!.Version} computes AES-GCM differently from OpenSSL and is not used; please report this with the " +
                $"name of the processor",
            ],
            log.Lines);
    }

    private static nint FindFunction(string name)
    {
        foreach (var file in new[] { "libIPSec_MB.so.2", "libIPSec_MB.so.1" })
        {
            if (NativeLibrary.TryLoad(file, out var library))
                return NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;
        }
        return 0;
    }
}
