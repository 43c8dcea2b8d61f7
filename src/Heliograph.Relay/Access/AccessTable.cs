namespace Heliograph.Relay.Access;

/// <summary>
/// The outer names through which Signal's hosts can be reached, each with the group that it was given to. Immutable: a change is a new
/// table.
/// </summary>
public sealed class AccessTable
{
    // A hash table whose lookup costs the same for every name of the same length: it compares names only where their hashes are equal.
    private readonly Dictionary<string, AccessGroup> groups;

    /// <param name="names">DNS names in lower case, and their groups.</param>
    public AccessTable(IEnumerable<KeyValuePair<string, AccessGroup>> names) => groups = new(names, StringComparer.Ordinal);

    /// <summary>The group of an outer name, or null: the name is nobody's.</summary>
    /// <param name="name">
    /// As <see cref="Tls13.Hello.ClientHello.ServerName"/> has it, in lower case; null where the hello has none, or one that no client
    /// sends (RFC 6066 section 3): an IP address, a name with a dot at its end.
    /// </param>
    public AccessGroup? Find(string? name) => name is null ? null : groups.GetValueOrDefault(name);
}
