using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>What is done with names under a zone that are no listed hosts.</summary>
internal enum ZoneMode
{
    /// <summary>One that resolves is relayed, at public addresses only.</summary>
    Public,

    /// <summary>They are not relayed.</summary>
    Off,
}

/// <summary>An entry of <c>routes.zones</c>.</summary>
internal static class RouteZone
{
    /// <summary>The name of all zones: <c>routes.zones: off</c> is an entry for it.</summary>
    public const string All = "*";

    public const string Off = "off";

    public const string Allowed = $"{Off}, or a domain such as signal.org with public or {Off}";

    private static readonly (string Word, ZoneMode Mode)[] Modes = [("public", ZoneMode.Public), (Off, ZoneMode.Off)];

    /// <summary>A domain of at least two labels: under a single one, anybody can have names.</summary>
    public static string? ParseName(string text, out string name) => (name = text) == All ? null
        : DomainName.ParseHost(text, out name) is { } problem ? problem
        : name.Contains('.', StringComparison.Ordinal) ? null : "a zone needs at least two labels, as anybody can have names under one";

    public static bool Parse(ConfigurationKey key, Given given, ConfigurationErrors errors, out ZoneMode mode)
    {
        var problem = Values.OneOf(Modes)(given.Value, out mode);
        if (problem is null && mode == ZoneMode.Public && given.Path.EndsWith(':' + All, StringComparison.Ordinal))
            problem = "anybody could have any host relayed";
        if (problem is not null)
            errors.Add(key, given, $"{problem}; allowed: {Allowed}");
        return problem is null;
    }

    public static string ToYaml(ZoneMode mode) => Array.Find(Modes, one => one.Mode == mode).Word;

    public static JsonObject Schema() => new() { ["enum"] = new JsonArray([.. Modes.Select(static one => JsonValue.Create(one.Word))]) };
}
