using Heliograph.Acme;
using Heliograph.Acme.Challenges;
using Heliograph.Certificates;
using Heliograph.Testing;

namespace Heliograph.Tests.Certificates;

/// <summary>What a start says of the last order, which failed.</summary>
public sealed class AcmeSourceTests : IDisposable
{
    private const string Authority = "https://acme.test/directory";

    private readonly TempDirectory state = new();
    private readonly ManualTimeProvider clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger log = new();

    public void Dispose() => state.Dispose();

    [Theory]
    [InlineData("10:00", "once the cause is gone, ask at once with: heliograph certificate renew")]
    [InlineData(
        "12:30",
        "the authority accepts none before 2026-11-22 12:30:00Z, and from then on you can ask with: heliograph certificate renew")]
    [InlineData("13:00", "the authority accepts none before then.")]
    public async Task A_start_after_a_failure_names_the_command_that_would_not_be_refused(string limitedUntil, string expected)
    {
        Directory.CreateDirectory(state["acme"]);
        await File.WriteAllTextAsync(
            state["acme/certificate.json"],
            $$"""
            {
              "attempts": {
                "failures": 1, "next_attempt": "2026-11-22T13:00:00Z", "last_error": "Too many.", "trial_first": [], "orders": []
              },
              "not_before": { "{{Authority}}": "2026-11-22T{{limitedUntil}}:00Z" }
            }
            """,
            Bound.Token);
        var options = new AcmeOptions { Domains = ["proxy.test"], StateDirectory = state.Path, Directory = Authority };
        await using var source = AcmeSource.Open(options, new ChallengeResponders(), clock, log);

        source.Watch(static _ => { });

        Assert.Equal(
            $"Warning: The last order for a certificate failed: Too many. The next attempt is at 2026-11-22 13:00:00Z; {expected}",
            log.Lines[0]);
    }
}
