using System.Numerics;

namespace Heliograph.Relay.Access;

/// <summary>
/// A set of numbers as sorted ranges that neither overlap nor touch: two arrays, and a binary search that allocates nothing. Immutable.
/// </summary>
internal sealed class SortedRanges<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly T[] firsts;
    private readonly T[] lasts;

    private SortedRanges(T[] firsts, T[] lasts)
    {
        this.firsts = firsts;
        this.lasts = lasts;
    }

    public static SortedRanges<T> All { get; } = new([T.MinValue], [T.MaxValue]);

    public int Count => firsts.Length;

    /// <param name="ranges">In any order; sorted here.</param>
    public static SortedRanges<T> Create(List<(T First, T Last)> ranges)
    {
        ranges.Sort(static (one, other) => one.First.CompareTo(other.First));
        var joined = 0;
        for (var i = 0; i < ranges.Count; i++)
        {
            var (first, last) = ranges[i];
            var before = joined > 0 ? ranges[joined - 1] : default;
            // Whoever ends at the largest number touches everything that comes.
            if (joined > 0 && (before.Last == T.MaxValue || first <= before.Last + T.One))
                ranges[joined - 1] = (before.First, T.Max(before.Last, last));
            else
                ranges[joined++] = (first, last);
        }
        var (firsts, lasts) = (new T[joined], new T[joined]);
        for (var i = 0; i < joined; i++)
            (firsts[i], lasts[i]) = ranges[i];
        return new(firsts, lasts);
    }

    public static SortedRanges<T> Join(IEnumerable<SortedRanges<T>> sets) =>
        Create([.. sets.SelectMany(static set => set.firsts.Zip(set.lasts))]);

    public SortedRanges<T> Without(SortedRanges<T> holes)
    {
        var rest = new List<(T, T)>();
        var next = 0;
        for (var i = 0; i < Count; i++)
        {
            var (first, last) = (firsts[i], lasts[i]);
            while (next < holes.Count && holes.lasts[next] < first)
                next++;
            var isUsedUp = false;
            for (var hole = next; !isUsedUp && hole < holes.Count && holes.firsts[hole] <= last; hole++)
            {
                if (holes.firsts[hole] > first)
                    rest.Add((first, holes.firsts[hole] - T.One));
                isUsedUp = holes.lasts[hole] >= last;
                if (!isUsedUp)
                    first = holes.lasts[hole] + T.One;
            }
            if (!isUsedUp)
                rest.Add((first, last));
        }
        return Create(rest);
    }

    public bool Contains(T value)
    {
        var index = Array.BinarySearch(firsts, value);
        // Not found: the complement of the next larger one's index.
        return index >= 0 || (~index > 0 && value <= lasts[~index - 1]);
    }

    public bool Overlaps(SortedRanges<T> other) => firsts.Zip(lasts).Any(range => other.Touches(range.First, range.Second));

    private bool Touches(T first, T last)
    {
        var index = Array.BinarySearch(firsts, first);
        return index >= 0 || (~index < Count && firsts[~index] <= last) || (~index > 0 && first <= lasts[~index - 1]);
    }
}
