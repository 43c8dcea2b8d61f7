namespace Heliograph.Tls13.Hello;

/// <summary>The extension types seen so far: "There MUST NOT be more than one extension of the same type" (RFC 8446 section 4.2).</summary>
/// <param name="high">Room for <see cref="MostHigh"/> types of 64 and above.</param>
internal ref struct ExtensionTypes(Span<ushort> high)
{
    /// <summary>
    /// The most types of 64 and above (GREASE, ECH, renegotiation_info and the like; clients send up to 6). A bound keeps the search for
    /// duplicates from growing with the square of what a stranger sends.
    /// </summary>
    public const int MostHigh = 64;

    private readonly Span<ushort> high = high;
    private int highCount;
    private ulong low;

    /// <summary>False for a type that has been here before, and for one too many.</summary>
    public bool TryAdd(ushort type)
    {
        if (type < 64)
        {
            var bit = 1UL << type;
            var isNew = (low & bit) == 0;
            low |= bit;
            return isNew;
        }

        if (highCount == high.Length || high[..highCount].Contains(type))
            return false;

        high[highCount++] = type;
        return true;
    }
}
