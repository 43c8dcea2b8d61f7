using System.Globalization;

namespace Heliograph.Tls13.Records;

/// <summary>
/// What this processor can do, as OpenSSL sees it. OpenSSL also asks whether the kernel keeps the wide registers, which ipsec-mb 1.x does
/// not; and what an operator masks in OPENSSL_ia32cap is meant for us, too.
/// </summary>
internal static class Processor
{
    // OPENSSL_ia32cap(3). The first word: CPUID leaf 1, EDX and above it ECX.
    private const ulong CarrylessMultiply = 1UL << (32 + 1), Aes = 1UL << (32 + 25);

    // OpenSSL's crypto/arm_arch.h, ARMV8_AES.
    private const ulong ArmAes = 1UL << 2;

    // The second word: leaf 7, EBX and above it ECX.
    private const ulong Bmi2 = 1UL << 8, Avx512 = 1UL << 16 | 1UL << 17 | 1UL << 28 | 1UL << 30 | 1UL << 31, // F, DQ, CD, BW, VL
        WideAes = 1UL << (32 + 9), WideCarrylessMultiply = 1UL << (32 + 10);

    /// <summary>
    /// Whether it has AES on registers of 512 bits (VAES), and the other instructions that ipsec-mb's functions of that name use.
    /// </summary>
    /// <param name="settings">
    /// OpenSSL's OPENSSL_INFO_CPU_SETTINGS: "OPENSSL_ia32cap=0x...:0x...", with more words from version 3.5 on, and after them the masks.
    /// </param>
    public static bool HasWideAes(string? settings)
    {
        const ulong First = CarrylessMultiply | Aes, Second = Bmi2 | Avx512 | WideAes | WideCarrylessMultiply;
        if (settings?.Split('=', 2) is not ["OPENSSL_ia32cap", var value])
            return false;
        var words = value.Split(' ')[0].Split(':');
        return words.Length >= 2 && (Word(words[0]) & First) == First && (Word(words[1]) & Second) == Second;
    }

    /// <summary>Whether it has no instructions for AES at all, or they are masked. False for a processor that OpenSSL does not describe.
    /// </summary>
    /// <param name="settings">As above; on ARM "OPENSSL_armcap=0x...".</param>
    public static bool LacksAes(string? settings) =>
        settings?.Split('=', 2) switch
        {
            ["OPENSSL_ia32cap", var value] => (Word(value.Split(' ')[0].Split(':')[0]) & Aes) == 0,
            ["OPENSSL_armcap", var value] => (Word(value.Split(' ')[0]) & ArmAes) == 0,
            _ => false,
        };

    private static ulong Word(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var word) ? word : 0;
}
