namespace Heliograph.Fleet.Sealing;

/// <summary>
/// Where things are in etcd: FLEET/KIND/NAME in hexadecimal. The fleet is its random identity, so that a role of etcd's can be given its
/// prefix and keeps it when the fleet's key changes. Kind and name are hidden by that key.
/// </summary>
internal sealed class KeyNames
{
    private readonly FleetKey key;
    private readonly string root;

    public KeyNames(FleetKey key)
    {
        this.key = key;
        root = Prefix(key);
    }

    public string Documents => Kind("documents");

    public string Locks => Kind("locks");

    public string Challenges => Kind("challenges");

    public string Acknowledgements => Kind("acknowledgements");

    public string Nodes => Kind("nodes");

    public string Document(string name) => Documents + key.Hide($"document {name}");

    public string Lock(string name) => Locks + key.Hide($"lock {name}");

    public string Challenge(string id) => Challenges + key.Hide($"challenge {id}");

    /// <summary>All acknowledgements of a challenge.</summary>
    public string AcknowledgementsOf(string id) => $"{Acknowledgements}{key.Hide($"acknowledgements {id}")}/";

    public string Acknowledgement(string id, string node) => AcknowledgementsOf(id) + key.Hide($"node {node}");

    public string Node(string name) => Nodes + key.Hide($"node {name}");

    /// <summary>The note that asks a machine to restart.</summary>
    public string Restart(string node) => Kind("restarts") + key.Hide($"restart {node}");

    /// <summary>What a role of etcd's has to reach.</summary>
    public static string Prefix(FleetKey key) => Convert.ToHexStringLower(key.FleetId) + "/";

    private string Kind(string name) => $"{root}{key.Hide($"kind {name}")}/";
}
