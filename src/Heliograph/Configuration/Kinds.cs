using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Heliograph.Platform.Minisign;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>The kinds of values that there are.</summary>
internal static class Kinds
{
    private const string DurationSyntax = "a whole number with its unit ms, s, m, h or d, such as 500ms, 60s, 10m, 1h or 2d";

    private const string SizeSyntax =
        "a whole number with its unit KB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), such as 500GB";

    private const string RateSyntax =
        "a whole number with its unit KB, MB, GB, KiB, MiB, GiB, Kbit, Mbit or Gbit, such as 5MB or 100Mbit, per second";

    private const string DurationPattern = "[0-9]{1,12}(ms|s|m|h|d)";
    private const string SizePattern = "[0-9]{1,15}([KMGT]i?)?B";
    private const string RatePattern = "[0-9]{1,15}(([KMGT]i?)?B|[KMG]bit)";
    private const string PortPattern = ":[0-9]{1,5}$";
    private const string EndpointPattern = "^unix:/.+$|^.+" + PortPattern;

    public static ScalarKind<UpstreamEndpoint> Endpoint { get; } = new(
        Values.Endpoint, static endpoint => endpoint?.ToString(), static () => Text(EndpointPattern), UpstreamEndpoint.Syntax, "endpoint");

    public static ScalarKind<IPEndPoint> ListenAddress { get; } = new(
        Values.ListenAddress, static address => address?.ToString(), static () => Text("^.+" + PortPattern),
        "\"ADDRESS:PORT\", such as \"[::]:443\" (every address), \"0.0.0.0:443\" or \"127.0.0.1:8443\"; port 0 lets the system pick one",
        "address to listen on");

    public static ScalarKind<IPNetwork> Network { get; } = new(
        Values.Network, static network => network.ToString(), static () => Text(@"^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$"),
        "an IP address, or a network such as 10.0.0.0/8 or \"2001:db8::/32\"", "network");

    public static ScalarKind<IPAddress> Address { get; } = new(
        Values.Address, static address => address?.ToString(), static () => Text("^[0-9A-Fa-f.:]+$"),
        "an IP address, such as 192.0.2.53", "IP address");

    public static ScalarKind<string> Domain { get; } = new(
        DomainName.Parse, Given, static () => Text(@"^[^\s/]+$"), "a DNS name such as proxy.example.org, or an IP address",
        "DNS name or IP address");

    public static ScalarKind<string> Email { get; } = new(
        Values.Email, Given, static () => Text(@"^[^@\s]+@[^@\s]+$"), "an e-mail address, such as you@example.org", "e-mail address");

    public static ScalarKind<string> NameServer { get; } = new(
        Values.Text, Given, static () => Text(), "the address of a name server, with its port if that is not 53",
        "IP address, with `:PORT` if that is not 53");

    public static ScalarKind<ProxyAddress> ProxyAddress { get; } = new(
        Configuration.ProxyAddress.Parse, static address => address?.ToString(), static () => Text(@"^[^\s/]+$"),
        "HOST or HOST:PORT, where this machine reaches the proxy", "host name or IP address, with `:PORT` if that is not 443");

    public static ScalarKind<UpstreamProxy> UpstreamProxyAddress { get; } = new(
        Configuration.UpstreamProxyAddress.Parse, static proxy => proxy?.ToString(), static () => Text(@"^(socks5|http)://[^\s@]+$"),
        Configuration.UpstreamProxyAddress.Allowed, "`socks5://HOST:PORT` or `http://HOST:PORT`")
    {
        Mask = Masked.Proxy,
    };

    /// <param name="allowed">What it is.</param>
    public static ScalarKind<string> Credential(string allowed) => new(
        Configuration.UpstreamProxyAddress.ParseCredential, Given, TextOrNumber, allowed, "1 to 255 printable characters");

    public static ScalarKind<TimeSpan> Duration(TimeSpan shortest, TimeSpan longest) => new(
        Values.Duration(shortest, longest), Values.Write, static () => Text($"^{DurationPattern}$"), DurationSyntax,
        $"duration, `{Values.Write(shortest)}` to `{Values.Write(longest)}`")
    {
        IsNumeric = true,
    };

    /// <summary>Null: off.</summary>
    public static ScalarKind<TimeSpan?> IntervalOrOff(TimeSpan shortest, TimeSpan longest) => new(
        Values.OrOff(Values.Duration(shortest, longest)), static interval => interval is { } length ? Values.Write(length) : ByteSizes.Off,
        static () => Text($"^(off|{DurationPattern})$"), "off, or how often: " + DurationSyntax,
        $"`off`, or duration, `{Values.Write(shortest)}` to `{Values.Write(longest)}`")
    {
        IsNumeric = true,
        Words = [ByteSizes.Off],
    };

    /// <summary>0: off.</summary>
    public static ScalarKind<long> SizeOrOff(long smallest, long largest) => new(
        ByteSizes.OrOff(ByteSizes.Size(smallest, largest)), ByteSizes.Write, static () => Text($"^(off|{SizePattern})$"),
            "off, or " + SizeSyntax,
        $"`off`, or size, `{ByteSizes.Write(smallest)}` to `{ByteSizes.Write(largest)}`")
    {
        IsNumeric = true,
        Words = [ByteSizes.Off],
    };

    public static ScalarKind<long> Rate(long smallest, long largest) => new(
        ByteSizes.Rate(smallest, largest), ByteSizes.Write, static () => Text($"^{RatePattern}$"), RateSyntax,
        $"rate, `{ByteSizes.Write(smallest)}` to `{ByteSizes.Write(largest)}`")
    {
        IsNumeric = true,
    };

    /// <summary>0: off.</summary>
    public static ScalarKind<long> RateOrOff(long smallest, long largest) => new(
        ByteSizes.OrOff(ByteSizes.Rate(smallest, largest)), ByteSizes.Write, static () => Text($"^(off|{RatePattern})$"),
            "off, or " + RateSyntax,
        $"`off`, or rate, `{ByteSizes.Write(smallest)}` to `{ByteSizes.Write(largest)}`")
    {
        IsNumeric = true,
        Words = [ByteSizes.Off],
    };

    /// <summary>Null: auto.</summary>
    public static ScalarKind<int?> ConnectionsOrAuto() => new(
        Values.Count, static count => count is { } number ? Number(number) : "auto",
            static () => WordOrNumber(Values.MostConnections, "auto"),
        $"auto, or a whole number from 1 to {Values.MostConnections}", $"`auto`, or 1 to {Values.MostConnections}")
    {
        IsNumeric = true,
        Words = ["auto"],
    };

    /// <summary>Null: auto; 0: off.</summary>
    public static ScalarKind<int?> ConnectionsOrAutoOrOff() => new(
        Values.CountOrOff, static count => count switch { null => "auto", 0 => ByteSizes.Off, var number => Number(number.Value) },
        static () => WordOrNumber(Values.MostConnections, "auto", ByteSizes.Off),
        $"auto, off, or a whole number from 1 to {Values.MostConnections}", $"`auto`, `off`, or 1 to {Values.MostConnections}")
    {
        IsNumeric = true,
        Words = ["auto", ByteSizes.Off],
    };

    /// <summary>0: off.</summary>
    public static ScalarKind<int> NumberOrOff(int largest) => new(
        Values.NumberOrOff(largest), static number => number == 0 ? ByteSizes.Off : Number(number),
            () => WordOrNumber(largest, ByteSizes.Off),
        $"off, or a whole number from 1 to {largest}", $"`off`, or 1 to {largest}")
    {
        IsNumeric = true,
        Words = [ByteSizes.Off],
    };

    public static ScalarKind<int> DayOfMonth() => new(
        Values.DayOfMonth, Number, static () => Integer(Values.LastDayOfEveryMonth),
            $"a day of the month from 1 to {Values.LastDayOfEveryMonth}",
        $"1 to {Values.LastDayOfEveryMonth}")
    {
        IsNumeric = true,
    };

    /// <summary>One of a few words.</summary>
    public static ScalarKind<T> OneOf<T>(params (string Word, T Value)[] words)
    {
        string[] allowed = [.. words.Select(static word => word.Word)];
        return new(
            Values.OneOf(words), value => Array.Find(words, word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word,
                () => OneOf(allowed),
            Either(allowed), Either([.. allowed.Select(static word => $"`{word}`")]))
        {
            Words = allowed,
        };
    }

    public static ScalarKind<bool> TrueOrFalse() => new(
        Values.OneOf(("true", true), ("false", false)), static value => value ? "true" : "false",
            static () => new JsonObject { ["type"] = "boolean" },
        "true or false", "`true` or `false`")
    {
        IsNumeric = true,
        Words = ["true", "false"],
    };

    /// <summary>One of a few words, as it is.</summary>
    public static ScalarKind<string> Choice(params string[] words) => OneOf([.. words.Select(static word => (word, word))]);

    public static ScalarKind<string> RouteSet() => new(
        Values.RouteSet, Given, static () => OneOf(HostList.SetNames),
            Either(HostList.SetNames), Either([.. HostList.SetNames.Select(static set => $"`{set}`")]))
    {
        Words = HostList.SetNames,
    };

    /// <param name="allowed">What the file is.</param>
    /// <param name="summary">The same in a few words.</param>
    public static ScalarKind<string> Path(string allowed, string summary) => new(Values.FilePath, Given, NotEmpty, allowed, summary);

    /// <param name="allowed">What the address is for.</param>
    /// <param name="suggestions">Addresses that the shell may offer.</param>
    public static ScalarKind<string> HttpsAddress(string allowed, params string[] suggestions) =>
        new(Values.HttpsAddress, Given, static () => Text("^https://"), allowed, "address that starts with `https://`")
        {
            Words = suggestions,
            Mask = Masked.Address,
        };

    /// <param name="words">What may stand in the place of a list.</param>
    public static ScalarKind<string> SourceList(params string[] words) => new(
        Values.SourceList(words), Given, NotEmpty,
        $"{string.Concat(words.Select(static word => $"{word}, or "))}the path of a file with a prefix on each line, or its address, "
        + "such as https://lists.example.org/drop.txt",
        $"{string.Concat(words.Select(static word => $"`{word}`, "))}path of a file, or address that starts with `https://`")
    {
        Words = words,
        Mask = Masked.Address,
    };

    /// <param name="allowed">What the word is.</param>
    public static ScalarKind<string> Word(string allowed) =>
        new(Values.Word, Given, TextOrNumber, allowed, "1 to 256 printable characters, no spaces");

    /// <param name="allowed">What the text is.</param>
    public static ScalarKind<string> Line(string allowed) =>
        new(Values.Line, Given, TextOrNumber, allowed, "1 to 256 printable characters");

    /// <param name="allowed">What is encoded.</param>
    public static ScalarKind<string> Base64Url(string allowed) =>
        new(Values.Base64UrlText, Given, static () => Text("^[A-Za-z0-9_-]+=*$"), allowed, "base64url");

    /// <summary>What stands behind a name of <c>passthrough</c>.</summary>
    public static MapKind<PassthroughSite> PassthroughSites() => new(
        PassthroughEntry.ParseName, PassthroughEntry.Parse, PassthroughEntry.ToYaml, PassthroughEntry.Schema,
        $"a host name, \"*.\" and a domain, or {PassthroughTable.Default}, with {UpstreamEndpoint.Syntax}, or with "
        + $"{{ {PassthroughEntry.Upstream}: ENDPOINT, {PassthroughEntry.ProxyProtocol}: {PassthroughEntry.Version2} }}",
        "map of a name to an endpoint, or to "
        + $"`{{ {PassthroughEntry.Upstream}: ENDPOINT, {PassthroughEntry.ProxyProtocol}: {PassthroughEntry.Version2} }}`")
    {
        EntryKeys = [PassthroughEntry.Upstream, PassthroughEntry.ProxyProtocol],
    };

    /// <summary>Host names and where their bytes go.</summary>
    public static MapKind<UpstreamEndpoint> Hosts() => new(
        DomainName.ParseHost, ParseHost, static endpoint => YamlText.Quote(endpoint.ToString()), Endpoint.Schema,
        "a host name with " + UpstreamEndpoint.Syntax, "map of a host name to an endpoint");

    /// <summary>Zones, and what is done with names under them.</summary>
    public static MapKind<ZoneMode> Zones() => new(
        RouteZone.ParseName, RouteZone.Parse, RouteZone.ToYaml, RouteZone.Schema,
        RouteZone.Allowed, "`off`, or map of a domain to `public` or `off`")
    {
        Words = [RouteZone.Off],
        WriteJson = static mode => JsonValue.Create(RouteZone.ToYaml(mode)),
    };

    public static ScalarKind<MinisignKey> MinisignKey { get; } = new(
        Values.MinisignKey, static key => key?.Text, static () => Text("^RW[A-Za-z0-9+/]{54}$"),
        "the second line of minisign.pub, 56 characters that begin with RW", "public key of minisign, 56 characters");

    private static bool ParseHost(ConfigurationKey key, Given given, ConfigurationErrors errors, out UpstreamEndpoint value)
    {
        if (Values.Endpoint(given.Value, out value) is not { } problem)
            return true;
        errors.Add(key, given, $"{problem}; allowed: {UpstreamEndpoint.Syntax}");
        return false;
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Either(IReadOnlyList<string> words) =>
        words is [var only] ? only : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";

    private static JsonObject Text(string? pattern = null)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (pattern is not null)
            schema["pattern"] = pattern;
        return schema;
    }

    private static JsonObject NotEmpty() => new() { ["type"] = "string", ["minLength"] = 1 };

    /// <summary>YAML takes digits without quotes for a number; they are text here all the same.</summary>
    private static JsonObject TextOrNumber() =>
        new() { ["type"] = new JsonArray("string", "number"), ["minLength"] = 1, ["maxLength"] = 256 };

    private static JsonObject Integer(int largest) => new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = largest };

    private static JsonObject OneOf(IReadOnlyList<string> words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(static word => JsonValue.Create(word))]) };

    private static JsonObject WordOrNumber(int largest, params string[] words) =>
        new() { ["anyOf"] = new JsonArray(OneOf(words), Integer(largest)) };
}
