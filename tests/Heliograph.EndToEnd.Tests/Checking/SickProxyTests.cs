using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary><c>heliograph check</c> reports what is wrong with a broken proxy, and where the fault is.</summary>
public class SickProxyTests
{
    private const string GoldenFiles = "tests/Heliograph.EndToEnd.Tests/Checking/Golden/";

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("wrong_name", "get a certificate for proxy.example, or use a name that the certificate covers: other.example")]
    [InlineData("expired", "renew the certificate")]
    [InlineData("not_yet_valid", "set the clock")]
    [InlineData("chain_incomplete", "serve the whole chain")]
    [InlineData("untrusted", "get a certificate from a public authority")]
    [InlineData("self_signed", "get a certificate from a public authority")]
    public async Task A_certificate_that_no_app_accepts_is_the_proxys_fault(string problem, string remedy)
    {
        await using var check = new CheckedProxy();
        using var stranger = new TestAuthority("Nobody's authority");
        await using var pair = await SignalNginxPair.StartAsync(BadCertificate(problem, check.Authority, stranger), check.Routes());
        var run = await check.RunAsync(pair.Endpoint, "--json");
        Assert.Equal((1, "proxy_broken"), (run.ExitCode, run.Verdict));
        Assert.Equal(problem, run.Outcome("certificate"));
        Assert.Contains(remedy, run.Summary, StringComparison.Ordinal);
        // Everything else is still checked.
        Assert.All(run.Outcomes("route").Values, static outcome => Assert.Equal("named", outcome));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_whole_chain_with_an_intermediate_is_trusted()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(
            check.Authority.IssueThroughIntermediate(CheckedProxy.Name), check.Routes());
        var run = await check.RunAsync(pair.Endpoint, "--json");
        Assert.Equal((0, "trusted"), (run.ExitCode, run.Outcome("certificate")));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_certificate_that_expires_soon_is_a_warning()
    {
        await using var check = new CheckedProxy();
        var ending = check.Authority.IssueFor(DateTimeOffset.UtcNow.AddDays(-80), DateTimeOffset.UtcNow.AddDays(5.5), CheckedProxy.Name);
        await using var pair = await SignalNginxPair.StartAsync(ending, check.Routes());
        var run = await check.RunAsync(pair.Endpoint, "--json");
        Assert.Equal((3, "expires_soon"), (run.ExitCode, run.Outcome("certificate")));
        Assert.EndsWith("without a new one the proxy stops working in 5 days.", run.Summary, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_closed_port_is_the_proxys_fault()
    {
        await using var check = new CheckedProxy();
        using var nobody = LoopbackPort.Refusing(out var closed);
        var run = await check.RunAsync(closed);
        Assert.Equal(1, run.ExitCode);
        Golden.Check(GoldenFiles + "closed-port.txt", run.Masked());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_web_server_without_TLS_is_reported()
    {
        await using var check = new CheckedProxy();
        await using var site = await NginxSite.StartAsync();
        var run = await check.RunAsync(site.Http1, "--json");
        Assert.Equal((1, "proxy_broken", "web_answer"), (run.ExitCode, run.Verdict, run.Outcome("tls")));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Another_protocol_is_reported_without_terminal_control_characters()
    {
        await using var check = new CheckedProxy();
        // A fake of an SSH server with a banner that would clear the screen.
        await using var ssh = StandInSignal.StartRaw(static connection =>
            connection.Data.WriteAsync(Encoding.ASCII.GetBytes("SSH-2.0-\u001b[2J\r\n"), connection.Stopping).AsTask());
        var run = await check.RunAsync(ssh.Endpoint);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "the answer is not TLS: \"SSH-2.0-?[2J??\"",
            string.Join(' ', run.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Upstreams_that_are_all_down_are_not_the_proxys_fault()
    {
        await using var check = new CheckedProxy();
        using var nobody = LoopbackPort.Refusing(out var down);
        await using var pair = await SignalNginxPair.StartAsync(
            check.Certificate, CheckedProxy.Hosts.ToDictionary(static host => host, _ => down, StringComparer.Ordinal));
        var run = await check.RunAsync(pair.Endpoint);
        Assert.Equal(1, run.ExitCode);
        Golden.Check(GoldenFiles + "signal-unreachable.txt", run.Masked());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task One_host_of_thirteen_that_is_down_is_a_warning()
    {
        await using var check = new CheckedProxy();
        using var nobody = LoopbackPort.Refusing(out var down);
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.RoutesBut("cdn3.signal.org", down));
        var run = await check.RunAsync(pair.Endpoint, "--json", "--signal-root", check.Root);
        Assert.Equal((3, "works_with_warnings"), (run.ExitCode, run.Verdict));
        Assert.Equal("It works, with one warning: find out on the server why cdn3.signal.org does not answer it.", run.Summary);
        Assert.Equal(12, run.Outcomes("route").Values.Count(static outcome => outcome == "verified"));
        Assert.Equal("closed", run.Outcomes("route")["cdn3.signal.org"]);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Without_the_chat_host_of_todays_apps_the_list_is_out_of_date()
    {
        await using var check = new CheckedProxy();
        var routes = check.Routes();
        routes.Remove("grpc.chat.signal.org");
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, routes);
        var run = await check.RunAsync(pair.Endpoint, "--json");
        Assert.Equal((1, "proxy_broken", "as_denied"), (run.ExitCode, run.Verdict, run.Outcomes("route")["grpc.chat.signal.org"]));
        Assert.StartsWith(
            "The proxy does not relay grpc.chat.signal.org, and today's apps cannot connect without it: update the proxy's list of hosts",
            run.Summary,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_proxy_that_denies_everything_is_reported()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(
            check.Certificate, new Dictionary<string, IPEndPoint>(StringComparer.Ordinal));
        var run = await check.RunAsync(pair.Endpoint, "--json");
        Assert.Equal((1, "proxy_broken"), (run.ExitCode, run.Verdict));
        Assert.All(run.Outcomes("route").Values, static outcome => Assert.Equal("as_denied", outcome));
        Assert.StartsWith(
            "This name is an ordinary web site: none of Signal's hosts answers through it. ", run.Summary, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_proxy_that_relays_everything_is_an_open_relay()
    {
        await using var check = new CheckedProxy();
        // In nginx's map a key that begins with '~' is a pattern: here any name.
        await using var pair = await SignalNginxPair.StartAsync(
            check.Certificate, new Dictionary<string, IPEndPoint>(StringComparer.Ordinal) { ["~."] = check.Signal });
        var run = await check.RunAsync(pair.Endpoint, "--json");
        Assert.Equal((3, "works_with_warnings", "relayed"), (run.ExitCode, run.Verdict, run.Outcome("denied_name")));
        Assert.Contains("open relay", run.Summary, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Somebody_else_instead_of_Signal_is_reported()
    {
        await using var check = new CheckedProxy();
        using var other = new TestAuthority("Somebody else");
        await using var impostor = StandInSignal.Start(other.Issue(TestKey.Ecdsa, [.. CheckedProxy.Hosts]), StandInBehaviour.EchoAsync);
        await using var pair = await SignalNginxPair.StartAsync(
            check.Certificate, CheckedProxy.Hosts.ToDictionary(static host => host, _ => impostor.Endpoint, StringComparer.Ordinal));
        var run = await check.RunAsync(pair.Endpoint, "--json", "--signal-root", check.Root);
        Assert.Equal((1, "proxy_broken"), (run.ExitCode, run.Verdict));
        Assert.All(run.Outcomes("route").Values, static outcome => Assert.Equal("wrong_certificate", outcome));
        Assert.StartsWith("Something else answers instead of Signal: ", run.Summary, StringComparison.Ordinal);
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(false, "network_down", "This machine's network is down, so the proxy cannot be checked from here: ")]
    [InlineData(true, "proxy_broken", "The proxy's name does not resolve: check the name servers of proxy.example")]
    public async Task A_silent_DNS_server_means_no_network_unless_another_name_resolves(
        bool neutralAnswers, string verdict, string summary)
    {
        PrivateMounts.Need();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Parse(neutralAnswers ? "127.83.19.54" : "127.83.19.55"), 53));
        using var files = new TempDirectory();
        var resolver = PrivateMounts.Over(
            "/etc/resolv.conf", files.Write("resolv.conf", $"nameserver {((IPEndPoint)silent.LocalEndPoint!).Address}\n"));
        string[] neutral = neutralAnswers ? ["--resolve", "neutral.example:127.0.0.1"] : [];
        var run = await CheckedProxy.RunAsync(
            resolver, ["check", CheckedProxy.Name, "--timeout", "1s", "--neutral", "neutral.example:9", "--json", .. neutral]);
        Assert.Equal((1, verdict), (run.ExitCode, run.Verdict));
        Assert.StartsWith(summary, run.Summary, StringComparison.Ordinal);
        Assert.Equal("no_answer", run.Outcomes("dns")["A"]);
        Assert.True(silent.Available > 0, "the silent DNS server was never asked");
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_silent_server_takes_no_longer_than_the_timeout()
    {
        await using var check = new CheckedProxy();
        // A fake: it accepts connections and stays silent.
        await using var silent = StandInSignal.StartRaw(StandInBehaviour.NeverReadAsync);
        var run = await check.RunAsync(silent.Endpoint, "--json", "--timeout", "2s");
        Assert.Equal((1, "proxy_broken", "no_answer"), (run.ExitCode, run.Verdict, run.Outcome("tls")));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_whole_check_ends_at_its_deadline_however_long_its_steps_may_take()
    {
        await using var check = new CheckedProxy();
        await using var silent = StandInSignal.StartRaw(StandInBehaviour.NeverReadAsync);
        await using var pair = await SignalNginxPair.StartAsync(
            check.Certificate, CheckedProxy.Hosts.ToDictionary(static host => host, _ => silent.Endpoint, StringComparer.Ordinal));
        var run = await check.RunAsync(pair.Endpoint, "--json", "--timeout", "1h", "--deadline", "2s");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no answer before the deadline of the whole check", run.Output, StringComparison.Ordinal);
    }

    private static TestCertificate BadCertificate(string problem, TestAuthority authority, TestAuthority stranger)
    {
        var now = DateTimeOffset.UtcNow;
        return problem switch
        {
            "wrong_name" => authority.Issue(TestKey.Ecdsa, "other.example"),
            "expired" => authority.IssueFor(now.AddDays(-90), now.AddHours(-1), CheckedProxy.Name),
            "not_yet_valid" => authority.IssueFor(now.AddHours(2), now.AddDays(90), CheckedProxy.Name),
            "chain_incomplete" => KeepLeaf(authority.IssueThroughIntermediate(CheckedProxy.Name)),
            "untrusted" => stranger.Issue(TestKey.Ecdsa, CheckedProxy.Name),
            _ => SelfSigned(),
        };
    }

    private static TestCertificate KeepLeaf(TestCertificate chain)
    {
        const string End = "-----END CERTIFICATE-----\n";
        return chain with { ChainPem = chain.ChainPem[..(chain.ChainPem.IndexOf(End, StringComparison.Ordinal) + End.Length)] };
    }

    private static TestCertificate SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + CheckedProxy.Name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(CheckedProxy.Name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(20));
        return new(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
