using Heliograph.Alerts;

namespace Heliograph.Tests.Alerts;

/// <summary>What counts as trouble, and what does not.</summary>
public sealed class TroubleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("acme", 90, 16, 1, null)]
    [InlineData("acme", 90, 13, 0, "the certificate, valid until 2026-11-14 12:00:00Z, was not renewed in time")]
    [InlineData(
        "acme", 90, 13, 1, "the certificate, valid until 2026-11-14 12:00:00Z, was not renewed in time; last error: it is closed")]
    [InlineData("acme", 6, 2, 3, null)]
    [InlineData("acme", 6, 0.9, 0, "the certificate, valid until 2026-11-02 09:36:00Z, was not renewed in time")]
    [InlineData(
        "acme",
        90,
        29,
        4,
        "the certificate, valid until 2026-11-30 12:00:00Z, cannot be renewed: 4 attempts in a row have failed; last error: it is " +
        "closed")]
    [InlineData("files", 365, 20, 0, null)]
    [InlineData(
        "files",
        365,
        13,
        0,
        "the certificate, valid until 2026-11-14 12:00:00Z, was not renewed: check the program that renews the files in " +
        "certificate.chain and certificate.key")]
    [InlineData("self-signed", 397, 1, 0, null)]
    public void A_certificate_that_runs_out_or_cannot_be_renewed_is_trouble(
        string source, double days, double left, int failures, string? trouble) =>
        Assert.Equal(
            trouble,
            CertificateTrouble.Find(
                new()
                {
                    Source = source,
                    NotBefore = Now.AddDays(left - days),
                    NotAfter = Now.AddDays(left),
                    Failures = failures,
                    LastError = failures > 0 ? "it is closed" : null,
                },
                Now));

    [Fact]
    public void Without_a_certificate_only_many_failures_are_trouble()
    {
        Assert.Null(CertificateTrouble.Find(new() { Source = "acme", Failures = 3, LastError = "it is closed" }, Now));
        Assert.Equal(
            "the certificate cannot be renewed: 4 attempts in a row have failed; last error: it is closed",
            CertificateTrouble.Find(new() { Source = "acme", Failures = 4, LastError = "it is closed" }, Now));
    }

    [Fact]
    public void A_host_is_down_when_it_has_worked_and_fails_for_five_minutes() =>
        Assert.Equal(
            [null, false, false, false, false, false, false, true, true, false],
            Downs((0, 0), (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 6), (2, 0)));

    [Fact]
    public void A_host_that_is_no_longer_requested_is_not_considered_down() =>
        Assert.All(Downs([(1, 0), (1, 4), .. Enumerable.Repeat((1L, 4), 20)]), static down => Assert.False(down));

    [Fact]
    public void A_host_that_works_now_and_then_is_not_down() =>
        Assert.All(
            Downs([.. Enumerable.Range(1, 30).Select(static minute => ((long)minute, 1 + (minute % 2)))]),
            static down => Assert.False(down));

    [Fact]
    public void A_host_that_never_worked_is_not_known_to_be_down() =>
        Assert.All(Downs([.. Enumerable.Range(1, 30).Select(static minute => (0L, minute))]), static down => Assert.Null(down));

    /// <summary>The state of a host when it is updated every minute.</summary>
    private static List<bool?> Downs(params (long Connected, int FailuresInARow)[] minutes)
    {
        var watch = new UpstreamWatch();
        return
        [
            .. minutes.Select(
                (one, minute) =>
                    watch.Update(
                        FakeRelay.Statistics(("host:443", one.Connected, one.FailuresInARow)), Now.AddMinutes(minute))["host:443"]),
        ];
    }
}
