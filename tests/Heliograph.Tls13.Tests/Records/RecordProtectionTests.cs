using System.Runtime.InteropServices;
using Heliograph.Tls13.Native;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Records;

/// <summary>Which library protects records: ipsec-mb only if it is complete and right, and this processor can run it.</summary>
public sealed class RecordProtectionTests
{
    private const string Wide = "0xfffa32034f8bffff:0x1b415fdef1bf27eb";

    [Fact]
    public void Without_the_library_OpenSSL_does_it_all_and_nothing_is_rejected()
    {
        var protection = RecordProtection.Find(candidate: null);
        Assert.StartsWith($"OpenSSL {LibCrypto.Version()}, AES-GCM by OpenSSL", protection.Description, StringComparison.Ordinal);
        Assert.Null(protection.RejectedIpsecMb);
    }

    [Fact]
    public void The_library_is_used_where_it_computes_what_OpenSSL_does()
    {
        var library = InstalledIpsecMb.Require();
        var protection = RecordProtection.Find(library);
        Assert.Equal($"OpenSSL {LibCrypto.Version()}, AES-GCM by ipsec-mb {library.Version}", protection.Description);
        Assert.Null(protection.RejectedIpsecMb);
    }

    /// <remarks>The functions for keys of the other length stand in for those of a library or a processor that computes wrongly.</remarks>
    [Fact]
    public void A_library_that_computes_something_else_is_not_used_and_its_version_is_reported()
    {
        var library = InstalledIpsecMb.Require();
        var wrong = IpsecMb.Bind(static name => Export(name.Replace("enc_128", "enc_256", StringComparison.Ordinal)))!;

        var protection = RecordProtection.Find(wrong);
        Assert.StartsWith($"OpenSSL {LibCrypto.Version()}, AES-GCM by OpenSSL", protection.Description, StringComparison.Ordinal);
        Assert.Equal(library.Version, protection.RejectedIpsecMb);
    }

    /// <remarks>Opening is checked, too, and not only sealing.</remarks>
    [Fact]
    public void A_library_that_opens_wrongly_is_not_used()
    {
        var library = InstalledIpsecMb.Require();
        var wrong = IpsecMb.Bind(static name => Export(name.Replace("dec_256", "dec_128", StringComparison.Ordinal)))!;

        var protection = RecordProtection.Find(wrong);
        Assert.StartsWith($"OpenSSL {LibCrypto.Version()}, AES-GCM by OpenSSL", protection.Description, StringComparison.Ordinal);
        Assert.Equal(library.Version, protection.RejectedIpsecMb);
    }

    [Theory]
    [InlineData("imb_get_version_str")]
    [InlineData("aes_gcm_pre_128_vaes_avx512")]
    [InlineData("aes_gcm_init_256_vaes_avx512")]
    [InlineData("aes_gcm_enc_128_update_vaes_avx512")]
    [InlineData("aes_gcm_dec_256_finalize_vaes_avx512")]
    public void A_library_that_lacks_a_function_is_not_used(string missing)
    {
        InstalledIpsecMb.Require();
        Assert.NotNull(IpsecMb.Bind(Export));
        Assert.Null(IpsecMb.Bind(name => name == missing ? 0 : Export(name)));
    }

    [Theory]
    [InlineData($"OPENSSL_ia32cap={Wide}")]
    [InlineData($"OPENSSL_ia32cap={Wide}:0x00001c30bfd14410:0x0000000000000000:0x0000000000000000")]
    [InlineData($"OPENSSL_ia32cap={Wide} env:0x1:~0x0")]
    public void A_processor_with_AES_on_512_bits_is_known(string settings) => Assert.True(Processor.HasWideAes(settings));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("OPENSSL_ia32cap=")]
    [InlineData("OPENSSL_ia32cap=0xfffa32034f8bffff")]
    [InlineData("OPENSSL_ia32cap=x:y")]
    [InlineData("OPENSSL_armcap=0x7d")]
    [InlineData("OPENSSL_ia32cap=0xfffa32034f8bffff:0x1b4159def1bf27eb env::~0x60000000000")] // VAES and VPCLMULQDQ masked
    [InlineData("OPENSSL_ia32cap=0xfffa32034f8bffff:0x1b415fde319e27eb")] // the kernel does not keep registers of 512 bits
    [InlineData("OPENSSL_ia32cap=0xfdfa32014f8bffff:0x1b415fdef1bf27eb env:~0x200000200000000")] // AES masked
    public void A_processor_without_it_is_known(string? settings) => Assert.False(Processor.HasWideAes(settings));

    [Theory]
    [InlineData($"OPENSSL_ia32cap={Wide}", "OpenSSL")]
    [InlineData("OPENSSL_armcap=0xfd", "OpenSSL")] // ARMv8 with its extension for cryptography
    [InlineData("OPENSSL_armcap=0x81", "OpenSSL, without AES instructions of the processor")] // without it: a Raspberry Pi 4
    [InlineData("OPENSSL_armcap=0x1 env:0x1", "OpenSSL, without AES instructions of the processor")]
    [InlineData("OPENSSL_ia32cap=0xfdfa32014f8bffff:0x1b415fdef1bf27eb", "OpenSSL, without AES instructions of the processor")]
    [InlineData("", "OpenSSL")]
    [InlineData(null, "OpenSSL")]
    public void What_computes_AES_GCM_is_said(string? settings, string description) =>
        Assert.Equal(description, RecordProtection.OpenSslOnly.AesGcm(settings));

    private static nint Export(string name)
    {
        foreach (var file in new[] { "libIPSec_MB.so.2", "libIPSec_MB.so.1" })
        {
            if (NativeLibrary.TryLoad(file, out var library))
                return NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;
        }
        return 0;
    }
}
