using Heliograph.Configuration;

namespace Heliograph.Checking;

/// <summary>What was seen at the proxy's addresses, for a person. If one address fails and another does not, that is a warning.</summary>
internal static class EndpointSteps
{
    public static IEnumerable<CheckStep> FromEndpoints(IReadOnlyList<ProxyEndpoint> endpoints, ProxyAddress proxy) => endpoints
        .Select(endpoint => Tcp(endpoint, endpoints))
        .Concat(endpoints.Where(static endpoint => endpoint.IsConnected).Select(endpoint => Tls(endpoint, endpoints, proxy)))
        .Concat(
            endpoints
                .Where(static endpoint => endpoint.Certificate is not null)
                .Select(endpoint => Certificate(endpoint, endpoints, proxy)));

    private static CheckStep Tcp(ProxyEndpoint endpoint, IReadOnlyList<ProxyEndpoint> endpoints)
    {
        var step = new CheckStep
        {
            Step = Steps.Tcp,
            Subject = Address(endpoint),
            Outcome = "connected",
            Severity = Severity.Ok,
            Seen = "connected",
            TookMs = endpoint.TcpMs,
        };
        if (endpoint.TcpTrouble is not { } trouble)
            return step;
        var others = endpoints.Any(static other => other.IsConnected);
        step = step with { Outcome = trouble.Outcome, Seen = trouble.Seen, Severity = others ? Severity.Warning : Severity.Failure };
        return (trouble.Outcome, others) switch
        {
            // This machine lacks the address family: that says nothing about the proxy.
            (Trouble.NoRoute, true) => step with { Severity = Severity.Note, Seen = $"not tried: this machine has no {Family(endpoint)}" },
            (Trouble.NoRoute, false) => step with
            {
                Remedy = $"make sure that this machine has {Family(endpoint)} and a default route (\"ip route\")",
            },
            (_, true) => step with
            {
                Remedy =
                    $"open port {endpoint.Endpoint.Port} on {Address(endpoint)} too, or remove that address from DNS: " +
                    "clients that try it first lose time",
            },
            (Trouble.Refused, false) => step with
            {
                Remedy =
                    "start the proxy on its server, or give the port that it uses: nothing listens on port " +
                    $"{endpoint.Endpoint.Port} of {Address(endpoint)}",
            },
            _ => step with
            {
                Remedy =
                    $"make sure that its server is up, and that its firewall and its provider's allow port {endpoint.Endpoint.Port}; " +
                    "if it works from elsewhere, this network blocks the address",
            },
        };
    }

    private static CheckStep Tls(ProxyEndpoint endpoint, IReadOnlyList<ProxyEndpoint> endpoints, ProxyAddress proxy)
    {
        var step = new CheckStep
        {
            Step = Steps.Tls,
            Subject = Address(endpoint),
            Outcome = "agreed",
            Severity = Severity.Ok,
            Seen = endpoint.Protocol ?? "",
            TookMs = endpoint.TlsMs,
            Protocol = endpoint.Protocol,
        };
        if (endpoint.TlsTrouble is not { } trouble)
            return step;
        return step with
        {
            Outcome = trouble.Outcome,
            Seen = trouble.Seen,
            Severity = endpoints.Any(static other => other.IsOpen) ? Severity.Warning : Severity.Failure,
            Remedy = trouble.Outcome switch
            {
                Trouble.NotTls or Trouble.WebAnswer =>
                    $"give port {endpoint.Endpoint.Port} to the proxy: what listens there does not speak TLS",
                Trouble.Alert or Trouble.TlsFailed => "check the proxy's log: it accepts connections but rejects the handshake",
                _ =>
                    $"try from another network: if it works there, this network blocks TLS to {proxy.Host}; if not, check the proxy's log",
            },
        };
    }

    private static CheckStep Certificate(ProxyEndpoint endpoint, IReadOnlyList<ProxyEndpoint> endpoints, ProxyAddress proxy)
    {
        var certificate = endpoint.Certificate!;
        var step = new CheckStep
        {
            Step = Steps.Certificate,
            Subject = Address(endpoint),
            Outcome = "trusted",
            Severity = Severity.Ok,
            Seen = $"{Names(certificate)}, by {certificate.Issuer}, {Left(certificate)}",
            Certificate = certificate,
        };
        if (certificate.Problems is [var problem, ..])
        {
            return step with
            {
                Outcome = problem,
                Severity = endpoints.Any(static other => other.IsGood) ? Severity.Warning : Severity.Failure,
                Seen = $"{string.Join(", ", certificate.Problems.Select(Describe))}: {step.Seen}",
                Remedy = FindRemedy(problem, certificate, proxy),
            };
        }
        return certificate.IsLate
            ? step with
            {
                Outcome = "expires_soon",
                Severity = Severity.Warning,
                Remedy =
                    "find out why the certificate has not been renewed (\"heliograph certificate show\" on the server): without a new " +
                    $"one the proxy stops working in {Days(certificate.DaysLeft)}",
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

    private static string FindRemedy(string problem, CertificateCheck certificate, ProxyAddress proxy) =>
        problem switch
        {
            CertificateProblem.Expired =>
                "renew the certificate (\"heliograph certificate show\" on the server says why it was not renewed): no Signal app " +
                "accepts an expired one",
            CertificateProblem.NotYetValid => "set the clock of this machine, or of the machine that issued the certificate",
            CertificateProblem.WrongName =>
                $"get a certificate for {proxy.Host}, or use a name that the certificate covers: {Names(certificate)}",
            CertificateProblem.ChainIncomplete =>
                "serve the whole chain (certbot's fullchain.pem, not cert.pem), or get a certificate from a public authority",
            _ => "get a certificate from a public authority such as Let's Encrypt: Signal's apps trust no other",
        };

    private static string Names(CertificateCheck certificate) => certificate.Describe(mostNames: 3);

    private static string Left(CertificateCheck certificate) =>
        certificate.DaysLeft < 0 ? $"expired on {certificate.NotAfter:yyyy-MM-dd}" : Days(certificate.DaysLeft) + " left";

    private static string Days(int days) => days == 1 ? "1 day" : $"{days} days";

    private static string Address(ProxyEndpoint endpoint) => endpoint.Endpoint.Address.ToString();

    private static string Family(ProxyEndpoint endpoint) =>
        endpoint.Endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
