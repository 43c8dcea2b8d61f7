using System.Runtime.InteropServices;

namespace Heliograph.Relay.Countries;

/// <summary>A country by its two letters (ISO 3166-1), as a number that an array can be indexed with.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Country(int Index)
{
    private const int Letters = 26;

    /// <summary>How many there could be, with <see cref="Unknown"/>.</summary>
    public const int Count = (Letters * Letters) + 1;

    public static readonly Country Unknown = new(0);

    /// <summary>Two capital letters; <c>??</c> if it is not known.</summary>
    public string Code => Index == 0 ? "??" : $"{(char)('A' + ((Index - 1) / Letters))}{(char)('A' + ((Index - 1) % Letters))}";

    /// <summary>What is no code is no known country.</summary>
    public static Country FromCode(ReadOnlySpan<byte> code) =>
        code is [>= (byte)'A' and <= (byte)'Z', >= (byte)'A' and <= (byte)'Z']
            ? new(1 + ((code[0] - 'A') * Letters) + code[1] - 'A')
            : Unknown;
}
