namespace Heliograph.Machine.Firewalls;

/// <summary>firewalld, by its own command.</summary>
internal static class Firewalld
{
    /// <summary>Those of its default zones that open neither port of a proxy, and the two that do. Any other may open every port.</summary>
    private static readonly string[] KnownServices = ["ssh", "dhcpv6-client", "mdns", "samba-client", "cockpit", "http", "https"];

    /// <summary>What its zones have besides, and what may let a connection in.</summary>
    private static readonly string[] OtherWaysIn = ["protocols", "forward-ports", "source-ports", "rich rules"];

    /// <summary>Null: it is not installed, or not running, or it depends on more than the port.</summary>
    public static async Task<FirewallState?> AskAsync(
        IReadOnlyList<int> ports, TimeProvider timeProvider, CancellationToken cancellationToken, string program = "firewall-cmd")
    {
        if (await AskAsync("--state") is not "running" || await AskAsync("--get-default-zone") is not { Length: > 0 } zone)
            return null;
        // An interface or a source may have a zone of its own; whoever is in none of them is in the default zone.
        if (await AskAsync("--get-active-zones") is not { } active || Names(active).Any(name => name != zone))
            return null;
        // Since firewalld 0.9 a policy may let in what the zone does not. An older one has no such option, and prints nothing.
        if (Names(await AskAsync("--get-active-policies") ?? "").Any(static name => name != "allow-host-ipv6"))
            return null;
        if (await AskAsync("--list-all") is not { Length: > 0 } rules || !IsDecidedByPorts(rules))
            return null;
        var closed = new List<int>();
        foreach (var port in ports)
        {
            if (!await IsOpenAsync(port))
                closed.Add(port);
        }
        var add = string.Join(' ', closed.Order().Select(static port => $"--add-port={port}/tcp"));
        return new("firewalld", closed, $"{Sudo.Prefix}firewall-cmd --permanent {add} && {Sudo.Prefix}firewall-cmd --reload");

        // By its number, or as one of the two services that have a name there.
        async Task<bool> IsOpenAsync(int port)
        {
            string[] names = port switch { 443 => ["--query-service=https"], 80 => ["--query-service=http"], _ => [] };
            foreach (var query in names.Prepend($"--query-port={port}/tcp"))
            {
                // Anything but a plain "no" is no certainty.
                if (await AskAsync(query) is not "no")
                    return true;
            }
            return false;
        }

        async Task<string?> AskAsync(string question) =>
            (await ProgramOutput.ReadAsync(program, [question], timeProvider, cancellationToken))?.Trim();
    }

    /// <summary>The names in a list whose details are indented; "public (default)" since firewalld 2.</summary>
    private static IEnumerable<string> Names(string list) => list
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(static line => !char.IsWhiteSpace(line[0]))
        .Select(static line => line.Split(' ')[0]);

    /// <param name="rules">The zone: "  name: value" lines, and below some of them a list, indented by a tab.</param>
    private static bool IsDecidedByPorts(string rules)
    {
        var lines = rules.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Any(static line => line.StartsWith('\t')))
            return false;
        var settings = lines
            .Select(static line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(static line => line.Length == 2)
            .ToLookup(static line => line[0], static line => line[1], StringComparer.Ordinal);
        // The target is ACCEPT in the zone "trusted"; everywhere else, what is not named is refused.
        return !settings["target"].Contains("ACCEPT", StringComparer.Ordinal)
            && OtherWaysIn.All(name => settings[name].All(static value => value.Length == 0))
            && settings["services"].All(static value =>
                value.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(KnownServices.Contains));
    }
}
