namespace Heliograph.Machine.Firewalls;

/// <summary>firewalld, by its own command.</summary>
internal static class Firewalld
{
    private const string Program = "firewall-cmd";

    /// <summary>Null: it is not installed, or not running.</summary>
    public static async Task<FirewallState?> AskAsync(
        IReadOnlyList<int> ports, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (await AskAsync(["--state"], timeProvider, cancellationToken) is not "running")
            return null;
        // "target" is ACCEPT in the zone "trusted"; everywhere else, what is not named is refused.
        var zone = await AskAsync(["--list-all"], timeProvider, cancellationToken) ?? "";
        if (zone.Contains("target: ACCEPT", StringComparison.Ordinal))
            return null;
        var closed = new List<int>();
        foreach (var port in ports)
        {
            if (!await IsOpenAsync(port, timeProvider, cancellationToken))
                closed.Add(port);
        }
        var add = string.Join(' ', closed.Order().Select(static port => $"--add-port={port}/tcp"));
        return new("firewalld", closed, $"{Sudo.Prefix}firewall-cmd --permanent {add} && {Sudo.Prefix}firewall-cmd --reload");
    }

    /// <summary>By its number, or as one of the two services that have a name there.</summary>
    private static async Task<bool> IsOpenAsync(int port, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        string[] names = port switch { 443 => ["--query-service=https"], 80 => ["--query-service=http"], _ => [] };
        foreach (var query in names.Prepend($"--query-port={port}/tcp"))
        {
            // Anything but a plain "no" is no certainty.
            if (await AskAsync([query], timeProvider, cancellationToken) is not "no")
                return true;
        }
        return false;
    }

    private static async Task<string?> AskAsync(string[] arguments, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        (await ProgramOutput.ReadAsync(Program, arguments, timeProvider, cancellationToken))?.Trim();
}
