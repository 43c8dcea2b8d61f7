using System.Globalization;

namespace Heliograph.Machine.Firewalls;

/// <summary>ufw, by its files: each rule stands there as a comment that the program itself reads.</summary>
internal static class Ufw
{
    private const string RuleMark = "### tuple ### ";
    private const string Everywhere = "0.0.0.0/0";

    /// <summary>Null: it is not installed, or not switched on.</summary>
    public static FirewallState? Read(IReadOnlyList<int> ports, string etc = "/etc")
    {
        if (Setting(Path.Combine(etc, "ufw/ufw.conf"), "ENABLED") != "yes")
            return null;
        var opensByDefault = Setting(Path.Combine(etc, "default/ufw"), "DEFAULT_INPUT_POLICY") == "ACCEPT";
        List<string[]> rules =
        [
            .. Lines(Path.Combine(etc, "ufw/user.rules"))
                .Where(static line => line.StartsWith(RuleMark, StringComparison.Ordinal))
                .Select(static line => line[RuleMark.Length..].Split(" comment=")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        List<int> closed = [.. ports.Where(port => !(Verdict(rules, port) ?? opensByDefault))];
        return new("ufw", closed, $"{Sudo.Prefix}ufw allow {string.Join(',', closed.Order())}/tcp");
    }

    /// <summary>The first rule that is about the port decides. Null: none is.</summary>
    private static bool? Verdict(List<string[]> rules, int port)
    {
        foreach (var rule in rules)
        {
            // ACTION PROTOCOL TO-PORTS TO FROM-PORTS FROM [TO-APPLICATION FROM-APPLICATION] DIRECTION
            if (rule is not [var action, "tcp" or "any", var to, _, "any", Everywhere, ..]
                || (to != "any" && !to.Split(',').Any(range => Has(range, port))))
                continue;
            // "in", or "in_eth0": what is refused on one interface may be open on the other.
            if (Begins(action, "allow", "limit") && Begins(rule[^1], "in"))
                return true;
            if (Begins(action, "deny", "reject") && rule[^1] == "in")
                return false;
        }
        return null;
    }

    private static bool Begins(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static bool Has(string range, int port) => range.Split(':') switch
    {
        [var one] => Number(one) == port,
        [var first, var last] => Number(first) <= port && port <= Number(last),
        _ => false,
    };

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static string? Setting(string file, string name) =>
        Lines(file)
            .Select(static line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair is [var given, _] && given == name)
            .Select(static pair => pair[1].Trim('"'))
            .LastOrDefault();

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
