using Heliograph.Acme.Dns;
using Heliograph.Acme.Tests.Pebble;

namespace Heliograph.Acme.Tests.Dns;

public sealed class HookTests : PebbleTests
{
    [Fact]
    public async Task A_program_that_sets_the_record_gets_a_wildcard_certificate()
    {
        await using var pebble = await StartPebbleAsync();
        var calls = State["calls"];
        var hook = Script($$"""
            echo "$1 $2" >> {{calls}}
            case "$1" in
            present) exec curl -sf -d "{\"host\": \"$2\", \"value\": \"$3\"}" {{pebble.SetTxtUrl}} ;;
            cleanup) exec curl -sf -d "{\"host\": \"$2\"}" {{pebble.ClearTxtUrl}} ;;
            esac
            """);
        var certificate = await GetAsync(Options(pebble, "*.heliograph.test") with
        {
            Challenges = [ChallengeTypes.TlsAlpn01, ChallengeTypes.Dns01],
            Dns = new DnsOptions { Hook = hook, VisibleTimeout = TimeSpan.Zero },
        });

        Assert.Equal(["*.heliograph.test"], certificate.Names);
        await AssertTrustedAsync(certificate, pebble);
        Assert.Equal(
            ["present _acme-challenge.heliograph.test.", "cleanup _acme-challenge.heliograph.test."],
            await File.ReadAllLinesAsync(calls, Stop));
    }

    [Fact]
    public async Task A_failing_program_is_reported_with_its_output_but_without_the_value()
    {
        var error = await FailsAsync(Script("echo \"no credentials for $3\" >&2; exit 7"), TimeSpan.FromSeconds(20));
        Assert.Contains("code 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("no credentials for (...)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_hangs_is_killed()
    {
        var error = await FailsAsync(Script("exec tail -f /dev/null"), TimeSpan.FromMilliseconds(300));
        Assert.Contains("was killed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_with_endless_output_is_killed_and_its_output_is_not_kept_in_memory()
    {
        var error = await FailsAsync(Script("exec yes"), TimeSpan.FromMilliseconds(500));
        Assert.Contains("was killed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_program_is_reported_with_its_key()
    {
        var error = await FailsAsync("/nowhere/hook", TimeSpan.FromSeconds(20));
        Assert.Contains("acme.dns.hook", error.Message, StringComparison.Ordinal);
    }

    private async Task<AcmeException> FailsAsync(string hook, TimeSpan timeout)
    {
        var visibility = new DnsVisibility(new DnsOptions(), new SystemResolver(Log), TimeProvider.System, Log);
        var records = new HookRecords(hook, timeout, visibility, Log);
        return await Assert.ThrowsAsync<AcmeException>(() => records.PresentAsync("_acme-challenge.example.org.", "secret-value", Stop));
    }

    private string Script(string body)
    {
        var path = State.Write("hook", "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
