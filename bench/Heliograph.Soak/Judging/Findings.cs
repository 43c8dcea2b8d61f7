namespace Heliograph.Soak.Judging;

/// <summary>What was wrong: how often, and the first few of each kind in words.</summary>
internal sealed class Findings
{
    private const int Kept = 5;

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (int Count, List<string> First)> kinds = new(StringComparer.Ordinal);

    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return kinds.Count == 0;
        }
    }

    /// <summary>A line for each kind, and below it the first ones.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
                return [.. kinds.SelectMany(static pair =>
                    (IEnumerable<string>)[$"FAILED {pair.Key}: {pair.Value.Count} times", .. pair.Value.First.Select(Indent)])];
        }
    }

    public void Add(string kind, string message)
    {
        lock (gate)
        {
            var (count, first) = kinds.GetValueOrDefault(kind, (0, []));
            if (first.Count < Kept)
                first.Add(message);
            kinds[kind] = (count + 1, first);
        }
    }

    private static string Indent(string text) => "       " + text;
}
