using System.Globalization;
using Heliograph.Certificates;
using Heliograph.Relay.OuterTls;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Tests.Certificates;

/// <summary>What clients refuse in a certificate is said at the start, at every reload, and with every new certificate.</summary>
public sealed class CertificateFaultsTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-22T12:00:00Z", CultureInfo.InvariantCulture);

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData("proxy.example", "proxy.example")]
    [InlineData("*.example", "proxy.example")]
    [InlineData("*.example", "*.example")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    public void A_certificate_for_the_name_has_no_fault(string name, string domain) => Assert.Empty(Find(Issue(name), domain));

    [Theory]
    [InlineData("other.example", "proxy.example")]
    [InlineData("*.example", "deep.proxy.example")]
    [InlineData("*.example", "example")]
    [InlineData("proxy.example", "*.example")]
    public void A_certificate_for_another_name_has_one(string name, string domain) =>
        Assert.Equal($"it is for {name}, but not for {domain}, which is in domains", Assert.Single(Find(Issue(name), domain, name)));

    [Fact]
    public void A_certificate_that_is_not_valid_yet_has_one() => Assert.Equal(
        "it is valid only from 2026-11-23 12:00:00Z, and here it is 2026-11-22 12:00:00Z; check this machine's clock (timedatectl), or " +
        "wait",
        Assert.Single(Find(Issue("a.example", Now.AddDays(1), Now.AddDays(9)), "a.example")));

    [Fact]
    public void An_expired_certificate_has_one() => Assert.Equal(
        "it expired at 2026-11-21 12:00:00Z, and here it is 2026-11-22 12:00:00Z; renew it, or check this machine's clock (timedatectl)",
        Assert.Single(Find(Issue("a.example", Now.AddDays(-9), Now.AddDays(-1)), "a.example")));

    [Fact]
    public void A_leaf_without_its_issuer_has_one()
    {
        var fault = Assert.Single(Find(LeafOnly(Issue("a.example", Now.AddDays(-9), Now.AddDays(9))), "a.example"));
        Assert.Matches(
            "^its issuer \\(Heliograph test authority [0-9a-f]+\\) is not in its chain; serve the whole chain \\(certbot's " +
            "fullchain.pem, not cert.pem\\)$",
            fault);
    }

    [Fact]
    public async Task Faults_are_told_at_the_start_at_each_reload_and_with_each_new_certificate_and_once_each()
    {
        var clock = new ManualTimeProvider(Now);
        var log = new RecordingLogger();
        var served = new List<ServerCertificate>();
        var bad = LeafOnly(Issue("a.example", Now.AddDays(1), Now.AddDays(9)));
        var (chain, key) = bad.WriteTo(directory);
        await using var inUse = new CertificateInUse(
            await FileSource.OpenAsync(chain, key, clock, log), ["b.example"], clock, log);
        inUse.Watch(served.Add);
        Assert.Equal(3, Faults(log));

        inUse.Reload(["b.example"]);
        Assert.Equal(6, Faults(log));
        inUse.Reload(["a.example"]);
        Assert.Equal(8, Faults(log));

        Issue("c.example", Now.AddDays(-1), Now.AddDays(9)).WriteTo(directory);
        clock.Advance(TimeSpan.FromSeconds(15));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(served);
        Assert.Equal(9, Faults(log));
        Assert.Contains(
            "Warning: Signal's apps cannot use this certificate: it is for c.example, but not for a.example, which is in domains",
            log.Lines);
    }

    private static int Faults(RecordingLogger log) =>
        log.Lines.Count(static line => line.StartsWith("Warning: Signal's apps cannot use this certificate: ", StringComparison.Ordinal));

    private static IEnumerable<string> Find(TestCertificate certificate, params string[] domains) =>
        CertificateFaults.Find(PemCertificate.Read(certificate.ChainPem, certificate.KeyPem), domains, Now);

    private TestCertificate Issue(string name) => Issue(name, Now.AddDays(-1), Now.AddDays(9));

    private TestCertificate Issue(string name, DateTimeOffset from, DateTimeOffset to) => authority.IssueFor(from, to, name);

    private static TestCertificate LeafOnly(TestCertificate certificate)
    {
        const string End = "-----END CERTIFICATE-----\n";
        return certificate with
        {
            ChainPem = certificate.ChainPem[..(certificate.ChainPem.IndexOf(End, StringComparison.Ordinal) + End.Length)],
        };
    }
}
