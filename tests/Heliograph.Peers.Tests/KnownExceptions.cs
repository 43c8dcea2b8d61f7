namespace Heliograph.Peers.Tests;

/// <summary>
/// Every conversation in which the program does not do as nginx does, and why it may. A test fails when one of them no longer differs, and
/// when one names no conversation.
/// </summary>
internal static class KnownExceptions
{
    public static IReadOnlyDictionary<(string Group, string Name), string> All { get; } = new Dictionary<(string Group, string Name), string>
    {
        [("TLS 1.2, records", "1,000 empty records")] =
            "RST or FIN: nginx reads 16 KB at a time, refuses the 33rd and leaves the rest to the kernel, which then resets; the program has "
            + "read all of it. The alert is the same.",
    };
}
