using Heliograph.Machine;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Tests.Machine;

/// <summary>The certificate's files, as they are on disk: a running server may still serve what was there before.</summary>
public sealed class CertificateFilesCheckTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();
    private readonly TestCertificate good;

    public CertificateFilesCheckTests() => good = authority.IssueThroughIntermediate("proxy.example");

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_certificate_that_clients_can_use_is_good()
    {
        var finding = await RunAsync(good, "proxy.example");
        Assert.Equal(Severity.Ok, finding.Severity);
        Assert.StartsWith($"{directory["chain.pem"]}, until 2", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaf_without_its_issuer_for_another_name_is_a_warning_with_both_faults()
    {
        var leaf = good.ChainPem[..(good.ChainPem.IndexOf("-----END", StringComparison.Ordinal) + 26)];
        var finding = await RunAsync(good with { ChainPem = leaf }, "other.example");
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.StartsWith(
            $"Signal's apps cannot use the one in {directory["chain.pem"]}: it is for proxy.example, but not for other.example, which is " +
            "in domains; its issuer (Heliograph test intermediate ",
            finding.Seen,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_is_cut_short_is_a_failure_although_a_running_server_goes_on()
    {
        var finding = await RunAsync(good with { ChainPem = good.ChainPem[..^40] }, "proxy.example");
        Assert.Equal(Severity.Failure, finding.Severity);
        Assert.Contains("the chain cannot be read: block 2, line ", finding.Seen, StringComparison.Ordinal);
        Assert.Equal(
            "Put the certificate's files right: a running server keeps the previous ones, but it cannot start with these.", finding.Remedy);
    }

    [Fact]
    public async Task A_missing_file_is_a_failure()
    {
        var finding = await CertificateFilesCheck.RunAsync(directory["none.pem"], directory["none.pem"], [], TimeProvider.System);
        Assert.Equal(Severity.Failure, finding.Severity);
        Assert.Contains("(there is no such file)", finding.Seen, StringComparison.Ordinal);
    }

    private Task<Finding> RunAsync(TestCertificate certificate, string domain)
    {
        var (chain, key) = certificate.WriteTo(directory);
        return CertificateFilesCheck.RunAsync(chain, key, [domain], TimeProvider.System);
    }
}
