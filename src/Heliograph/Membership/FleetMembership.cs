using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Restarts;
using Heliograph.Fleet.Sealing;

namespace Heliograph.Membership;

/// <summary>How this machine belongs to a fleet: its name there, how it reaches etcd, and the key that all its machines share.</summary>
internal sealed record FleetMembership
{
    public const int LongestNode = 63;

    public required string Node { get; init; }

    /// <summary>Such as <c>https://10.0.0.1:2379</c>.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>SHA-256 of etcd's public keys.</summary>
    public required IReadOnlyList<string> Pins { get; init; }

    /// <summary>Null: etcd asks for no password, which only one on this machine may do.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>What this machine shares with the one that made the fleet, and with nobody else: the next key comes under it.</summary>
    public required byte[] Personal { get; init; }

    public required byte[] FleetId { get; init; }

    /// <summary>Counts the fleet's keys; none is exchanged for an earlier one.</summary>
    public long KeyNumber { get; init; }

    public required byte[] KeyId { get; init; }

    public required byte[] Secret { get; init; }

    [JsonIgnore]
    public FleetKey Key => new(FleetId, KeyId, Secret);

    [JsonIgnore]
    public NextKey Current => new() { Number = KeyNumber, KeyId = KeyId, Secret = Secret };

    /// <summary>The same machine under another key of the fleet.</summary>
    public FleetMembership Under(NextKey next) =>
        this with { KeyNumber = next.Number, KeyId = next.KeyId, Secret = next.Secret };

    [JsonIgnore]
    public EtcdOptions Etcd => new()
    {
        Endpoints = [.. Endpoints.Select(static endpoint => new Uri(endpoint))],
        Pins = Pins,
        User = User,
        Password = Password,
    };

    /// <summary>What is wrong with it; null: nothing that can be seen here.</summary>
    public static string? FindProblem(FleetMembership membership)
    {
        if (membership.Endpoints is null or [] || membership.Pins is null || membership.FleetId?.Length != FleetKey.FleetIdSize
            || membership.KeyId?.Length != FleetKey.IdSize || membership.Secret?.Length != FleetKey.SecretSize
            || membership.Personal?.Length != FleetKey.SecretSize || membership.User is null != membership.Password is null)
            return "it is incomplete";
        if (membership.Endpoints.Any(static endpoint => !Uri.TryCreate(endpoint, UriKind.Absolute, out _)))
            return "an address of etcd in it is none";
        return FindProblem(membership.Node);
    }

    /// <summary>What is wrong with a machine's name; null: nothing.</summary>
    public static string? FindProblem(string? node) =>
        node is { Length: > 0 and <= LongestNode } && node.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            ? null
            : $"a machine's name has 1 to {LongestNode} letters, digits, dots, hyphens or underscores";

    /// <summary>A record prints its members, and some of these are secrets.</summary>
    public override string ToString() => $"{Node}, by {Etcd}";
}

/// <summary>What only the machine has that made the fleet: etcd's users, to let machines in, restore them and shut them out.</summary>
internal sealed record FleetAdministrator
{
    /// <summary>Root's.</summary>
    public required string Password { get; init; }

    /// <summary>As they were invited.</summary>
    public IReadOnlyList<InvitedMachine> Machines { get; init; } = [];

    public InvitedMachine? Find(string name) => Machines.FirstOrDefault(machine => machine.Name == name);

    public FleetAdministrator With(InvitedMachine machine) => this with { Machines = [.. Without(machine.Name).Machines, machine] };

    public FleetAdministrator Without(string name) => this with { Machines = [.. Machines.Where(machine => machine.Name != name)] };

    /// <summary>A record prints its members, and these are secrets.</summary>
    public override string ToString() => $"the secrets of {Machines.Count} machines";
}

/// <param name="Name">The machine's.</param>
/// <param name="User">Its user of etcd, whose name says nothing.</param>
/// <param name="Password">For etcd.</param>
/// <param name="Personal">Its own secret, which etcd never gets.</param>
internal sealed record InvitedMachine(string Name, string User, string Password, byte[] Personal)
{
    public static InvitedMachine Create(string name) => new(
        name,
        $"heliograph-{RandomNumberGenerator.GetHexString(16, lowercase: true)}",
        CreatePassword(),
        RandomNumberGenerator.GetBytes(FleetKey.SecretSize));

    /// <summary>For a user of etcd; hexadecimal, because that needs no quotes anywhere.</summary>
    public static string CreatePassword() => RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <summary>A record prints its members, and some of these are secrets.</summary>
    public override string ToString() => Name;
}

/// <summary>The key that a machine is to use from now on, sealed for that machine alone.</summary>
internal sealed record NextKey
{
    public required long Number { get; init; }

    public required byte[] KeyId { get; init; }

    public required byte[] Secret { get; init; }

    /// <summary>A record prints its members, and one of these is a secret.</summary>
    public override string ToString() => $"key {Number}";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NextKey))]
[JsonSerializable(typeof(RestartTurn))]
[JsonSerializable(typeof(FleetMembership))]
[JsonSerializable(typeof(FleetAdministrator))]
internal sealed partial class MembershipJson : JsonSerializerContext;
