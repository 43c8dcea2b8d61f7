using System.Text.Json.Serialization;
using Heliograph.Configuration;
using Heliograph.Platform;

namespace Heliograph.Membership;

/// <summary>What became of a name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NameState>))]
internal enum NameState
{
    /// <summary>It leads to machines of the fleet.</summary>
    [JsonStringEnumMemberName("given")]
    Given,

    /// <summary>It is retired, because a censor blocks it: not to be given out again.</summary>
    [JsonStringEnumMemberName("blocked")]
    Blocked,

    /// <summary>It leads nowhere any more.</summary>
    [JsonStringEnumMemberName("retired")]
    Retired,
}

/// <summary>A name of a proxy.</summary>
/// <param name="Name">The name.</param>
/// <param name="State">What became of it.</param>
/// <param name="Machines">Where it leads; empty: nowhere, or to addresses that were typed.</param>
/// <param name="Addresses">Those of its records.</param>
/// <param name="Since">The day of the last change.</param>
internal sealed record FleetName(
    string Name, NameState State, IReadOnlyList<string> Machines, IReadOnlyList<string> Addresses, DateOnly Since)
{
    /// <summary>Of machines, and of addresses; more of those do not fit into an answer over UDP.</summary>
    public const int MostPlaces = 20;

    /// <summary>What is wrong with a name; null: nothing.</summary>
    /// <param name="text">As it was typed or read.</param>
    /// <param name="name">As DNS has it.</param>
    public static string? FindProblem(string text, out string name) =>
        DomainName.Parse(text, out name)
        ?? (InternetAddress.TryParse(name, out _) ? "an address; only a name can move" : null);

    /// <summary>What of it can be shown and used; null: nothing. The members may be null, as anything may be that was read.</summary>
    public FleetName? KeepSound() =>
        Name is null || Machines is null || Addresses is null || !Enum.IsDefined(State) || FindProblem(Name, out var name) is not null
            ? null
            : new(
                name,
                State,
                [.. Machines.Where(static machine => FleetMembership.FindProblem(machine) is null).Take(MostPlaces)],
                [.. Addresses.Select(static text => InternetAddress.TryParse(text, out var address) ? $"{address}" : null)
                    .OfType<string>().Take(MostPlaces)],
                Since);
}

/// <summary>The names that lead, or have led, to the machines of the fleet. All of them share the list.</summary>
internal sealed record NameList(IReadOnlyList<FleetName> Names)
{
    public static readonly NameList Empty = new([]);

    /// <summary>A document is 750 KB at most, and a name with its addresses is some 200 bytes.</summary>
    private const int MostNames = 500;

    /// <summary>Without what cannot be shown or used: a terminal shows it, and a machine of the fleet may write anything.</summary>
    public NameList KeepSound() => new(
        [.. (Names ?? []).Select(static one => one?.KeepSound()).OfType<FleetName>()
            .DistinctBy(static one => one.Name, StringComparer.Ordinal).Take(MostNames)]);

    public FleetName? Find(string name) => Names.FirstOrDefault(one => one.Name == name);

    /// <exception cref="StartException">There are too many.</exception>
    public NameList With(FleetName name)
    {
        FleetName[] others = [.. Names.Where(one => one.Name != name.Name)];
        return others.Length < MostNames
            ? new([.. others.Append(name).OrderBy(static one => one.Name, StringComparer.Ordinal)])
            : throw new StartException($"the list of names is full ({MostNames}); the DNS records were changed");
    }
}
