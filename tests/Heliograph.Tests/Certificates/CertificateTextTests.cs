using Heliograph.Certificates;
using Heliograph.Cli.Certificate;
using Heliograph.Configuration;

namespace Heliograph.Tests.Certificates;

/// <summary>What <c>certificate show</c> says of failures.</summary>
public sealed class CertificateTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, ", or at once with: heliograph certificate renew")]
    [InlineData(30, ", or from 2026-11-22 12:30:00Z with: heliograph certificate renew")]
    [InlineData(60, "")]
    public void A_failure_names_the_command_from_when_it_would_not_be_refused(int? limitedFor, string expected)
    {
        var report = new CertificateReport
        {
            Source = "acme",
            Running = true,
            Failures = 2,
            NextRenewal = Now.AddHours(1),
            LimitedUntil = limitedFor is { } minutes ? Now.AddMinutes(minutes) : null,
        };
        using var output = new StringWriter();

        CertificateText.Write(output, report, Settings.Default, Now);

        Assert.Contains($"2 in a row; next attempt at 2026-11-22 13:00:00Z{expected}\n", output.ToString(), StringComparison.Ordinal);
    }
}
