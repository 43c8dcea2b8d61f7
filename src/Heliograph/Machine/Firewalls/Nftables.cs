using System.Text.Json;

namespace Heliograph.Machine.Firewalls;

/// <summary>nftables, by the rules that the kernel has.</summary>
internal static class Nftables
{
    public static async Task<FirewallState?> AskAsync(
        IReadOnlyList<int> ports, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        await ProgramOutput.ReadAsync("nft", ["--json", "list", "ruleset"], timeProvider, cancellationToken) is { Length: > 0 } json
            ? Read(json, ports)
            : null;

    /// <param name="json">The rule set: libnftables-json(5).</param>
    /// <param name="ports">The proxy's ports.</param>
    public static FirewallState? Read(string json, IReadOnlyList<int> ports)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var rules = NftRuleset.FromJson(document.RootElement);
            List<int> closed = [.. ports.Where(port => rules.FindClosing(port) is not null)];
            return closed.Count == 0 ? null : new(
                "nftables",
                closed,
                $"{Sudo.Prefix}nft insert rule {rules.FindClosing(closed[0])} tcp dport '{{ {string.Join(", ", closed.Order())} }}' " +
                "accept, and the same in /etc/nftables.conf, so that it lasts");
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            // A rule of a shape that is not known, as a newer nft may print it: nothing is certain.
            return null;
        }
    }
}
