using Heliograph.Configuration;

namespace Heliograph.Checking;

/// <summary>What was seen at the proxy's addresses, for people. One address that fails beside another that does not is a warning.</summary>
internal static class EndpointSteps
{
    public static IEnumerable<CheckStep> FromEndpoints(IReadOnlyList<ProxyEndpoint> doors, ProxyAddress proxy) => doors
        .Select(door => Tcp(door, doors, proxy))
        .Concat(doors.Where(static door => door.IsConnected).Select(door => Tls(door, doors, proxy)))
        .Concat(doors.Where(static door => door.Certificate is not null).Select(door => Certificate(door, doors, proxy)));

    private static CheckStep Tcp(ProxyEndpoint door, IReadOnlyList<ProxyEndpoint> doors, ProxyAddress proxy)
    {
        var step = new CheckStep { Step = Steps.Tcp, Subject = Address(door), Outcome = "connected", Severity = Severity.Ok, Seen = "connected", TookMs = door.TcpMs };
        if (door.TcpTrouble is not { } trouble)
            return step;
        var others = doors.Any(static other => other.IsConnected);
        step = step with { Outcome = trouble.Outcome, Seen = trouble.Seen, Severity = others ? Severity.Warning : Severity.Failure };
        return (trouble.Outcome, others) switch
        {
            // It is this machine that lacks the family; of the proxy it says nothing.
            (Trouble.NoRoute, true) => step with { Severity = Severity.Note, Seen = $"not tried: this machine has no {Family(door)}" },
            (Trouble.NoRoute, false) => step with { Remedy = $"see that this machine has {Family(door)} and a default route (\"ip route\")" },
            (_, true) => step with { Remedy = $"see that port {proxy.Port} is open on {Address(door)} too, or delete that address from DNS: clients that try it first lose time" },
            (Trouble.Refused, false) => step with { Remedy = $"start the proxy on its server, or name the port that it has: nothing listens on port {proxy.Port} of {Address(door)}" },
            _ => step with
            {
                Remedy = $"see that its server is up and that its firewall and its provider's let port {proxy.Port} in; if it works from elsewhere, this network blocks the address",
            },
        };
    }

    private static CheckStep Tls(ProxyEndpoint door, IReadOnlyList<ProxyEndpoint> doors, ProxyAddress proxy)
    {
        var step = new CheckStep { Step = Steps.Tls, Subject = Address(door), Outcome = "agreed", Severity = Severity.Ok, Seen = door.Protocol ?? "", TookMs = door.TlsMs, Protocol = door.Protocol };
        if (door.TlsTrouble is not { } trouble)
            return step;
        return step with
        {
            Outcome = trouble.Outcome,
            Seen = trouble.Seen,
            Severity = doors.Any(static other => other.IsOpen) ? Severity.Warning : Severity.Failure,
            Remedy = trouble.Outcome switch
            {
                Trouble.NotTls or Trouble.WebAnswer => $"let the proxy have port {proxy.Port}: what listens there speaks no TLS",
                Trouble.Alert or Trouble.TlsFailed => "look into the proxy's log: it takes connections and refuses the handshake",
                _ => $"try from another network: if it works there, this one cuts off TLS to {proxy.Host}; if not, look into the proxy's log",
            },
        };
    }

    private static CheckStep Certificate(ProxyEndpoint door, IReadOnlyList<ProxyEndpoint> doors, ProxyAddress proxy)
    {
        var look = door.Certificate!;
        var step = new CheckStep
        {
            Step = Steps.Certificate,
            Subject = Address(door),
            Outcome = "trusted",
            Severity = Severity.Ok,
            Seen = $"{Names(look)}, by {look.Issuer}, {Left(look)}",
            Certificate = look,
        };
        if (look.Problems is [var problem, ..])
        {
            return step with
            {
                Outcome = problem,
                Severity = doors.Any(static other => other.IsGood) ? Severity.Warning : Severity.Failure,
                Seen = $"{string.Join(", ", look.Problems.Select(Describe))}: {step.Seen}",
                Remedy = Mend(problem, look, proxy),
            };
        }
        return look.IsLate
            ? step with
            {
                Outcome = "expires_soon",
                Severity = Severity.Warning,
                Remedy = "see why the certificate has not been renewed (\"heliograph certificate show\" on the server): without a new one the proxy ends in " + Days(look.DaysLeft),
            }
            : step;
    }

    public static string Describe(string problem) => problem switch
    {
        CertificateProblem.Expired => "expired",
        CertificateProblem.NotYetValid => "not valid yet",
        CertificateProblem.WrongName => "for another name",
        CertificateProblem.SelfSigned => "self-signed",
        CertificateProblem.ChainIncomplete => "sent without its chain",
        CertificateProblem.Untrusted => "issuer not trusted",
        _ => "not usable for a server",
    };

    private static string Mend(string problem, CertificateCheck look, ProxyAddress proxy) => problem switch
    {
        CertificateProblem.Expired => "renew the certificate (\"heliograph certificate show\" on the server says why it was not): no Signal app accepts an expired one",
        CertificateProblem.NotYetValid => "set the clock of this machine, or of the one that made the certificate",
        CertificateProblem.WrongName => $"get a certificate for {proxy.Host}, or use the name that it is for: {Names(look)}",
        CertificateProblem.ChainIncomplete => "serve the whole chain (certbot's fullchain.pem, not cert.pem), or get a certificate that a public authority has signed",
        _ => "get a certificate from a public authority such as Let's Encrypt: Signal's apps trust no other",
    };

    private static string Names(CertificateCheck look) => look.Names.Count == 0 ? "no name" : string.Join(", ", look.Names.Take(3)) + (look.Names.Count > 3 ? ", ..." : "");

    private static string Left(CertificateCheck look) => look.DaysLeft < 0 ? $"ended {look.NotAfter:yyyy-MM-dd}" : Days(look.DaysLeft) + " left";

    private static string Days(int days) => days == 1 ? "1 day" : $"{days} days";

    private static string Address(ProxyEndpoint door) => door.Endpoint.Address.ToString();

    private static string Family(ProxyEndpoint door) => door.Endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
