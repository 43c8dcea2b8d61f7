using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Checking;
using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Platform.Pem;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Cli.Check;

/// <summary>What the command line of <c>heliograph check</c> requests.</summary>
/// <param name="Proxy">Null: this machine's proxy.</param>
/// <param name="Options">For the proxy; for this machine's own, what the command line sets for all domains.</param>
/// <param name="ChoosesRoutes">Whether the command line chooses the hosts; if not, this machine's configuration does.</param>
/// <param name="Json">Print JSON.</param>
/// <param name="Quiet">Without progress.</param>
internal sealed record CheckRequest(ProxyAddress? Proxy, CheckOptions Options, bool ChoosesRoutes, bool Json, bool Quiet);

/// <summary>The argument and options of <c>heliograph check</c>.</summary>
internal sealed class CheckArguments
{
    private const string None = "none";

    private readonly ConfigurationOptions configuration = new();
    private readonly Argument<string?> host = new("HOST")
    {
        Description = "The proxy: a name or an address, with or without :PORT, or a share link. Without it: this machine's proxy.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string[]> sets = Many(
        "--set", "SET", $"Signal's hosts to check: {string.Join(" or ", HostList.SetNames)}. May be repeated. [default: signal]");
    private readonly Option<string[]> routes = Many("--route", "HOST", "Check this host, instead of a set. May be repeated.");
    private readonly Option<string?> signalRoot = One(
        "--signal-root", "FILE", "PEM file: the root to verify the hosts' own certificates with. Without it: names and issuer only.");
    private readonly Option<string?> caRoot = One(
        "--ca-root", "FILE", "PEM file: roots to trust for the proxy's certificate, in addition to the system's.");
    private readonly Option<string[]> resolve = Many(
        "--resolve", "HOST:ADDRESS", "Use this address for HOST instead of DNS. May be repeated.");
    private readonly Option<string?> httpPort = One(
        "--http-port", "PORT", "The port to check for plain HTTP; none: no check. [default: 80]");
    private readonly Option<string?> neutral = One(
        "--neutral", "HOST[:PORT]", $"Tried only if the proxy cannot be reached; none: no host. [default: {CheckOptions.UsualNeutral}]");
    private readonly Option<bool> etcd = new("--etcd")
    {
        Description = "Also look whether etcd answers everybody at ports 2379 and 2380 of the proxy.",
    };

    private readonly Option<bool> direct = new("--direct")
    {
        Description = "Also dial failing hosts directly from here. Only where connections to Signal are safe.",
    };
    private readonly Option<bool> webSite = new("--web-site")
    {
        Description = "HOST must be a web site only, as every name is that no group has (access.mode: unlisted).",
    };
    private readonly Option<string?> timeout = One("--timeout", "DURATION", "Time limit for each step. [default: 10s]");
    private readonly Option<string?> deadline = One("--deadline", "DURATION", "Time limit for the whole check. [default: 2m]");
    private readonly Option<bool> json = new("--json") { Description = "Print JSON." };
    private readonly Option<bool> quiet = new("--quiet") { Description = "Show no progress." };

    public void AddTo(Command command)
    {
        sets.CompletionSources.Add([.. HostList.SetNames]);
        command.Add(host);
        foreach (
            var option in (Option[])
            [
                routes, sets, signalRoot, caRoot, resolve, httpPort, neutral, direct, etcd, webSite, timeout, deadline, json, quiet,
            ])
            command.Add(option);
        configuration.AddFileTo(command);
    }

    /// <summary>The settings of this machine's proxy; null, with the reason printed, if there are none.</summary>
    public Settings? LoadConfiguration(ParseResult parsed, TextWriter error)
    {
        // If there is no configuration at all, its missing keys do not matter.
        var loaded = configuration.Load(parsed, TextWriter.Null);
        if (loaded.Settings is null && loaded.File is null)
            error.WriteLine(
                "heliograph: there is no configuration on this machine; give the proxy to check (heliograph check proxy.example.org), or " +
                "the file with --config FILE");
        else if (loaded.Settings is null)
            configuration.Load(parsed, error);
        return loaded.Settings;
    }

    /// <summary>Null: it has errors, all written to <paramref name="error"/>.</summary>
    public CheckRequest? Read(ParseResult parsed, TextWriter error)
    {
        var problems = new List<string>();
        var proxy = Value<ProxyAddress>(parsed.GetValue(host), "HOST", ProxyAddress.Parse, ProxyAddress.Syntax, problems);
        var duration = Values.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        const string Durations = "a whole number with its unit, such as 500ms, 10s or 2m";
        var options = new CheckOptions
        {
            Proxy = proxy ?? new ProxyAddress("", ProxyAddress.DefaultPort),
            Routes = Routes(parsed, problems),
            Resolve = Resolve(parsed, problems),
            CaRoots = Roots(parsed, caRoot, problems),
            IsWebSite = parsed.GetValue(webSite),
            SignalRoots = Roots(parsed, signalRoot, problems),
        };
        options = options with
        {
            StepTimeout = parsed.GetValue(timeout) is { } step
                ? Value(step, timeout.Name, duration, Durations, problems)
                : options.StepTimeout,
            Deadline = parsed.GetValue(deadline) is { } all ? Value(all, deadline.Name, duration, Durations, problems) : options.Deadline,
            HttpPort = parsed.GetValue(httpPort) is { } port
                ? Value<int?>(port, httpPort.Name, Port, $"a port from 1 to 65535, or {None}", problems)
                : options.HttpPort,
            Neutral = parsed.GetValue(neutral) switch
            {
                null => options.Neutral,
                None => null,
                var text => Value<ProxyAddress>(text, neutral.Name, ProxyAddress.Parse, ProxyAddress.Syntax, problems),
            },
            LooksForEtcd = parsed.GetValue(etcd),
            Direct = parsed.GetValue(direct)
                ? [.. options.Routes.Select(static name => new Route(name, new UpstreamEndpoint.Tcp(name, 443), PublicOnly: true))]
                : options.Direct,
        };
        foreach (var problem in problems)
            error.WriteLine($"heliograph: {problem}");
        return problems.Count > 0 ? null : new(proxy, options, ChoosesRoutes(parsed), parsed.GetValue(json), parsed.GetValue(quiet));
    }

    private bool ChoosesRoutes(ParseResult parsed) =>
        parsed.GetValue(sets) is { Length: > 0 } || parsed.GetValue(routes) is { Length: > 0 };

    private IReadOnlyList<string> Routes(ParseResult parsed, List<string> problems)
    {
        var named = parsed.GetValue(sets) ?? [];
        var picked = parsed.GetValue(routes) ?? [];
        var chosen = new List<string>();
        foreach (var set in named.Length == 0 && picked.Length == 0 ? ["signal"] : named)
        {
            if (Values.RouteSet(set, out var known) is { } problem)
                problems.Add($"--set \"{set}\": {problem}; allowed: {string.Join(", ", HostList.SetNames)}");
            else
                chosen.AddRange(HostList.BuiltIn.GetCurrentNames(known));
        }
        foreach (var route in picked)
            chosen.Add(Value<string>(route, routes.Name, DomainName.ParseHost, "a host name such as chat.signal.org", problems) ?? route);
        return [.. chosen.Distinct(StringComparer.Ordinal)];
    }

    private Dictionary<string, IReadOnlyList<IPAddress>> Resolve(ParseResult parsed, List<string> problems)
    {
        var given = new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(resolve) ?? [])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (
                colon > 0
                && FindHost(text[..colon]) is { } name
                && InternetAddress.TryParse(text.AsSpan(colon + 1).Trim("[]"), out var address))
                given[name] = [.. given.GetValueOrDefault(name) ?? [], address];
            else
                problems.Add(
                    $"--resolve \"{text}\": not HOST:ADDRESS; allowed: a name and an IP address, such as proxy.example.org:203.0.113.7");
        }
        return given;
    }

    /// <summary>A proxy, or a wildcard among the domains of this machine's. Null: neither.</summary>
    private static string? FindHost(string text) =>
        ProxyAddress.Parse(text, out var proxy) is null ? proxy.Host
        : text.StartsWith('*') && DomainName.Parse(text, out var wildcard) is null ? wildcard
        : null;

    private static X509Certificate2Collection? Roots(ParseResult parsed, Option<string?> option, List<string> problems)
    {
        if (parsed.GetValue(option) is not { } path)
            return null;
        try
        {
            return ChainPem.ReadRoots(PemFile.Read(path).Bytes.Span);
        }
        catch (PemException exception)
        {
            problems.Add($"{option.Name} \"{path}\": {exception.Message}; allowed: a PEM file of root certificates");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(
                $"{option.Name} \"{path}\": cannot be read ({FileProblem.Describe(exception)}); allowed: a PEM file of root certificates");
        }
        return null;
    }

    private static string? Port(string text, out int? value)
    {
        value = null;
        if (text == None)
            return null;
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
            return "not a port";
        value = port;
        return null;
    }

    private static T? Value<T>(string? text, string name, Parse<T> parse, string allowed, List<string> problems)
    {
        if (text is null)
            return default;
        if (parse(text, out var value) is not { } problem)
            return value;
        problems.Add($"{name} \"{Untrusted.Line(text)}\": {problem}; allowed: {allowed}");
        return default;
    }

    private static Option<string?> One(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    private static Option<string[]> Many(string name, string helpName, string description) =>
        new(name)
        {
            HelpName = helpName,
            Description = description,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
}
