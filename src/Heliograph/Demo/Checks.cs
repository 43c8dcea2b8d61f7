namespace Heliograph.Demo;

/// <summary>The claims of the demo, and how many have held so far.</summary>
internal sealed class Checks
{
    public int Held { get; private set; }

    /// <summary>The current claim: the one that failed if something breaks or the time runs out.</summary>
    public string Claim { get; private set; } = "";

    /// <summary>Begins to prove a claim; success is reported with <see cref="That"/>.</summary>
    public void Begin(string claim) => Claim = claim;

    /// <exception cref="DemoException">It does not hold.</exception>
    public void That(bool holds, string claim, string? detail = null)
    {
        Claim = claim;
        if (!holds)
            throw new DemoException(claim, detail);
        Held++;
    }

    /// <summary>Checks that none of the texts is in the bytes.</summary>
    public void Absent(IEnumerable<byte[]> texts, ReadOnlyMemory<byte> bytes, string claim)
    {
        // An empty recording would prove nothing.
        var found = texts.Any(text => bytes.Span.IndexOf(text) >= 0);
        That(!bytes.IsEmpty && !found, claim, bytes.IsEmpty ? "nothing was recorded" : null);
    }

    /// <summary>Checks that two byte strings are the same.</summary>
    public void Same(byte[] expected, byte[] actual, string claim)
    {
        var same = expected.AsSpan().CommonPrefixLength(actual);
        That(
            same == expected.Length && same == actual.Length,
            claim,
            same < Math.Min(expected.Length, actual.Length)
                ? $"byte {same:N0} of {expected.Length:N0} differs"
                : $"{actual.Length:N0} bytes instead of {expected.Length:N0}");
    }
}
