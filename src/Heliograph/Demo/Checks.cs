namespace Heliograph.Demo;

/// <summary>What the demo claims, and how many of the claims held so far.</summary>
internal sealed class Checks
{
    public int Held { get; private set; }

    /// <summary>The claim under way: what did not come about when something breaks or the time is up.</summary>
    public string Claim { get; private set; } = "";

    /// <summary>Begins what will prove a claim; its success is told with <see cref="That"/>.</summary>
    public void Begin(string claim) => Claim = claim;

    /// <exception cref="DemoException">It does not hold.</exception>
    public void That(bool holds, string claim, string? detail = null)
    {
        Claim = claim;
        if (!holds)
            throw new DemoException(claim, detail);
        Held++;
    }

    /// <summary>None of the texts stands in the bytes.</summary>
    public void Absent(IEnumerable<byte[]> texts, ReadOnlyMemory<byte> bytes, string claim)
    {
        // Bytes that were not recorded hold nothing either.
        var found = texts.Any(text => bytes.Span.IndexOf(text) >= 0);
        That(!bytes.IsEmpty && !found, claim, bytes.IsEmpty ? "nothing was recorded" : null);
    }

    /// <summary>Two byte strings are the same.</summary>
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
