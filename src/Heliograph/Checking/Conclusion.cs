namespace Heliograph.Checking;

/// <summary>The conclusion from the steps: where the fault is, and one sentence that says what to do.</summary>
internal static class Conclusion
{
    /// <summary>Today's apps need the chat host: without it nobody is connected, whatever else answers.</summary>
    private const string ChatHost = "grpc.chat.";

    private const string SignalRemedy =
        "on its server, find out why https://chat.signal.org does not answer (\"curl -v\"): it may be DNS, a firewall, or a provider or " +
        "country that blocks Signal";

    public static bool IsNeeded(string route) => route.StartsWith(ChatHost, StringComparison.Ordinal);

    public static (CheckVerdict Verdict, string Summary) FromSteps(IReadOnlyList<CheckStep> steps, bool isWebSite)
    {
        var network = steps.FirstOrDefault(static step => step.Step == Steps.Network && step.Severity == Severity.Failure);
        if (network is not null)
            return (
                CheckVerdict.NetworkDown,
                $"This machine's network is down, so the proxy cannot be checked from here: {network.Remedy}.");
        return OuterSide(steps) ?? (isWebSite ? WebSite(steps) : Routes(steps)) ?? Warnings(steps);
    }

    private static (CheckVerdict, string)? OuterSide(IReadOnlyList<CheckStep> steps)
    {
        var tcp = Select(steps, Steps.Tcp);
        if (tcp.Count == 0)
            return (CheckVerdict.ProxyBroken, $"The proxy's name does not resolve: {FirstRemedy(Select(steps, Steps.Dns))}.");
        if (tcp.All(static step => step.Outcome == Trouble.NoRoute))
            return (
                CheckVerdict.NetworkDown,
                $"This machine has no route to the proxy's address, so the proxy cannot be checked from here: {FirstRemedy(tcp)}.");
        if (tcp.All(static step => step.Outcome != "connected"))
            return (CheckVerdict.ProxyBroken, $"Nobody can connect to the proxy: {FirstRemedy(tcp)}.");
        var tls = Select(steps, Steps.Tls);
        if (tls.All(static step => step.Severity != Severity.Ok))
            return (CheckVerdict.ProxyBroken, $"The proxy accepts connections, but the TLS handshake fails: {FirstRemedy(tls)}.");
        var certificates = Select(steps, Steps.Certificate);
        return certificates.All(static step => step.Severity == Severity.Failure)
            ? (CheckVerdict.ProxyBroken, $"Signal's apps reject the proxy's certificate: {FirstRemedy(certificates)}.")
            : null;
    }

    /// <summary>Of a name that must lead to a web site and nothing else.</summary>
    private static (CheckVerdict, string)? WebSite(IReadOnlyList<CheckStep> steps) =>
        Select(steps, Steps.Route).Find(static step => step.Severity == Severity.Failure) is { } relayed
            ? (CheckVerdict.ProxyBroken, $"This name is no ordinary web site, {relayed.Subject} answers through it: {relayed.Remedy}.")
        : steps.Any(static step => step.Severity >= Severity.Warning) ? null
        : (CheckVerdict.Works, "This name is an ordinary web site: none of Signal's hosts answers through it.");

    private static (CheckVerdict, string)? Routes(IReadOnlyList<CheckStep> steps)
    {
        var routes = Select(steps, Steps.Route);
        var needed = routes.Where(static step => IsNeeded(step.Subject!)).ToList() is { Count: > 0 } chat ? chat : routes;
        if (needed.Count == 0 || needed.Any(static step => step.Severity == Severity.Ok))
            return null;
        if (needed.Find(static step => step.Outcome == RouteSteps.WrongCertificate) is { } wrong)
            return (CheckVerdict.ProxyBroken, $"Something else answers instead of Signal: {wrong.Remedy}.");
        if (needed.Find(static step => step.Outcome == RouteSteps.NoConnection) is { } full)
            return (CheckVerdict.ProxyBroken, $"The proxy accepts no more connections: {full.Remedy}.");
        var direct = Select(steps, Steps.Direct);
        if (direct.Count > 0)
        {
            return direct.Any(static step => step.Severity == Severity.Ok)
                ? (
                    CheckVerdict.ProxyBroken,
                    "Signal answers this machine directly, but not through the proxy: check its list of hosts (routes) and its log.")
                : (CheckVerdict.SignalUnreachable, $"The proxy is up, but this machine cannot reach Signal: {FirstRemedy(direct)}.");
        }
        if (needed.Exists(static step => step.Outcome != RouteSteps.AsDenied))
            return (CheckVerdict.SignalUnreachable, $"The proxy is up, but it cannot reach Signal: {SignalRemedy}.");
        if (routes.TrueForAll(static step => step.Outcome == RouteSteps.AsDenied)
            && Select(steps, Steps.WebPage) is [{ Severity: Severity.Ok }]
            && Select(steps, Steps.Alike) is [{ Severity: Severity.Ok }])
            return (
                CheckVerdict.ProxyBroken,
                "This name is an ordinary web site: none of Signal's hosts answers through it. If its proxy has unlisted names " +
                "(access.mode: unlisted), that is right for every name but those in its links: check one of them. If it has not, run " +
                "\"heliograph check\" on its server.");
        return routes.Exists(static step => step.Severity == Severity.Ok)
            ? (
                CheckVerdict.ProxyBroken,
                $"The proxy does not relay {needed[0].Subject}, and today's apps cannot connect without it: {needed[0].Remedy}.")
            : (
                CheckVerdict.ProxyBroken,
                "The proxy relays none of Signal's hosts: on its server, run \"heliograph check\" or \"curl -v https://chat.signal.org\" " +
                "to find out whether it cannot reach Signal or does not relay it.");
    }

    private static (CheckVerdict, string) Warnings(IReadOnlyList<CheckStep> steps)
    {
        var warnings = steps.Where(static step => step.Severity >= Severity.Warning).ToList();
        return warnings.Count == 0
            ? (CheckVerdict.Works, "It works, and nothing needs to be done.")
            : (
                CheckVerdict.WorksWithWarnings,
                $"It works, with {(warnings.Count == 1 ? "one warning" : $"{warnings.Count} warnings; the first to fix")}: " +
                $"{FirstRemedy(warnings)}.");
    }

    private static List<CheckStep> Select(IReadOnlyList<CheckStep> steps, string kind) => [.. steps.Where(step => step.Step == kind)];

    private static string FirstRemedy(IReadOnlyList<CheckStep> steps) =>
        steps.Select(static step => step.Remedy).FirstOrDefault(static remedy => remedy is not null) ?? "see the table above";
}
