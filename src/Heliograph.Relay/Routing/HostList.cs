using System.Collections.Frozen;

namespace Heliograph.Relay.Routing;

/// <summary>
/// A version of the list of hosts that Signal's clients ask a proxy for. The program has one of its own; a newer one, signed, may take its
/// place without an upgrade.
/// </summary>
public sealed record HostList
{
    private const string Resource = "hosts.json";

    /// <summary>The set of today's production hosts, on whose account names under <c>signal.org</c> are looked for.</summary>
    public const string SignalSet = "signal";

    /// <summary>The zone whose names belong to <see cref="SignalSet"/>.</summary>
    public const string SignalZone = "signal.org";

    /// <summary>The sets' names. Every list has all of them.</summary>
    public static IReadOnlyList<string> SetNames { get; } = [SignalSet, "signal-staging"];

    /// <summary>packaging/hosts.json as it was when the program was built.</summary>
    public static HostList BuiltIn { get; } = ReadBuiltIn();

    /// <summary>The date and a number of two digits, so that a later list has the greater version.</summary>
    public required long Version { get; init; }

    public required IReadOnlyDictionary<string, HostSet> Sets { get; init; }

    /// <summary>Signal's web sites, which no app needs: they are never found under a zone, nor are names under them.</summary>
    public required FrozenSet<string> WebSites { get; init; }

    /// <summary>Inner name to the host that is dialled, on port 443.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public IEnumerable<KeyValuePair<string, string>> Find(string set) =>
        Get(set).Current.Select(static name => new KeyValuePair<string, string>(name, name)).Concat(Get(set).Old);

    /// <summary>The names that today's clients ask for: the set without those of earlier years.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public IEnumerable<string> GetCurrentNames(string set) => Get(set).Current;

    private HostSet Get(string set) => Sets.GetValueOrDefault(set)
        ?? throw new ArgumentException($"there is no route set '{set}'; the sets are: {string.Join(", ", SetNames)}", nameof(set));

    private static HostList ReadBuiltIn()
    {
        using var stream = typeof(HostList).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return HostListReader.Read(bytes, out var problem) ?? throw new InvalidOperationException($"packaging/hosts.json: {problem}");
    }
}

/// <summary>A named set of hosts.</summary>
/// <param name="Current">What today's clients ask for; each leads to the host of that name.</param>
/// <param name="Old">What clients of earlier years asked for, and the host that it leads to now.</param>
public sealed record HostSet(IReadOnlyList<string> Current, IReadOnlyList<KeyValuePair<string, string>> Old);
