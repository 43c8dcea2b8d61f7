namespace Heliograph.Checking;

/// <summary>What follows from the steps: whose fault it is, and the one sentence that says what to do.</summary>
internal static class Conclusion
{
    /// <summary>Today's apps speak to the chat host alone; without it nobody is connected, whatever else answers.</summary>
    private const string ChatHost = "grpc.chat.";

    private const string SignalMend = "on its server, see why https://chat.signal.org does not answer (\"curl -v\"): its DNS, its firewall, or a provider or country that blocks Signal";

    public static bool IsNeeded(string route) => route.StartsWith(ChatHost, StringComparison.Ordinal);

    public static (CheckVerdict Verdict, string Summary) Of(IReadOnlyList<CheckStep> steps)
    {
        var network = steps.FirstOrDefault(static step => step.Step == Steps.Network && step.Severity == Severity.Failure);
        if (network is not null)
            return (CheckVerdict.NetworkDown, $"The network of this machine is down, so nothing can be said of the proxy: {network.Remedy}.");
        return OuterSide(steps) ?? Routes(steps) ?? Warnings(steps);
    }

    private static (CheckVerdict, string)? OuterSide(IReadOnlyList<CheckStep> steps)
    {
        var tcp = Of(steps, Steps.Tcp);
        if (tcp.Count == 0)
            return (CheckVerdict.ProxyBroken, $"The name of the proxy leads nowhere: {FirstMend(Of(steps, Steps.Dns))}.");
        if (tcp.All(static step => step.Outcome == Trouble.NoRoute))
            return (CheckVerdict.NetworkDown, $"This machine has no way to the proxy's address, so nothing can be said of the proxy: {FirstMend(tcp)}.");
        if (tcp.All(static step => step.Outcome != "connected"))
            return (CheckVerdict.ProxyBroken, $"Nobody can connect to the proxy: {FirstMend(tcp)}.");
        var tls = Of(steps, Steps.Tls);
        if (tls.All(static step => step.Severity != Severity.Ok))
            return (CheckVerdict.ProxyBroken, $"The proxy takes connections, but no TLS comes about: {FirstMend(tls)}.");
        var certificates = Of(steps, Steps.Certificate);
        return certificates.All(static step => step.Severity == Severity.Failure)
            ? (CheckVerdict.ProxyBroken, $"Signal's apps refuse the proxy's certificate: {FirstMend(certificates)}.")
            : null;
    }

    private static (CheckVerdict, string)? Routes(IReadOnlyList<CheckStep> steps)
    {
        var routes = Of(steps, Steps.Route);
        var needed = routes.Where(static step => IsNeeded(step.Subject!)).ToList() is { Count: > 0 } chat ? chat : routes;
        if (needed.Count == 0 || needed.Any(static step => step.Severity == Severity.Ok))
            return null;
        if (needed.Find(static step => step.Outcome == RouteSteps.WrongCertificate) is { } wrong)
            return (CheckVerdict.ProxyBroken, $"Something else answers in the place of Signal: {wrong.Remedy}.");
        if (needed.Find(static step => step.Outcome == RouteSteps.NoConnection) is { } full)
            return (CheckVerdict.ProxyBroken, $"The proxy takes no further connection: {full.Remedy}.");
        var direct = Of(steps, Steps.Direct);
        if (direct.Count > 0)
        {
            return direct.Any(static step => step.Severity == Severity.Ok)
                ? (CheckVerdict.ProxyBroken, "Signal answers this machine, but not through the proxy: see its list of hosts (routes) and its log.")
                : (CheckVerdict.SignalUnreachable, $"The proxy is up, but this machine cannot reach Signal: {FirstMend(direct)}.");
        }
        if (needed.Exists(static step => step.Outcome != RouteSteps.AsDenied))
            return (CheckVerdict.SignalUnreachable, $"The proxy is up, but Signal cannot be reached from it: {SignalMend}.");
        return routes.Exists(static step => step.Severity == Severity.Ok)
            ? (CheckVerdict.ProxyBroken, $"The proxy does not relay {needed[0].Subject}, without which today's apps do not connect: {needed[0].Remedy}.")
            : (CheckVerdict.ProxyBroken, "The proxy relays none of Signal's hosts: run \"heliograph check\" on its server, or \"curl -v https://chat.signal.org\", which tells whether Signal cannot be reached from there or is not relayed.");
    }

    private static (CheckVerdict, string) Warnings(IReadOnlyList<CheckStep> steps)
    {
        var warnings = steps.Where(static step => step.Severity >= Severity.Warning).ToList();
        return warnings.Count == 0
            ? (CheckVerdict.Works, "It works, and nothing needs to be done.")
            : (CheckVerdict.WorksWithWarnings, $"It works, with {(warnings.Count == 1 ? "one warning" : $"{warnings.Count} warnings; the first to mend")}: {FirstMend(warnings)}.");
    }

    private static List<CheckStep> Of(IReadOnlyList<CheckStep> steps, string kind) => [.. steps.Where(step => step.Step == kind)];

    private static string FirstMend(IReadOnlyList<CheckStep> steps) => steps.Select(static step => step.Remedy).FirstOrDefault(static mend => mend is not null) ?? "see the table above";
}
