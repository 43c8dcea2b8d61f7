using System.Text.RegularExpressions;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Alerts;

/// <summary><c>heliograph alerts test</c>, with a real program and a receiver over TLS.</summary>
public sealed partial class AlertsCommandTests : IDisposable
{
    private const string GoldenFiles = "tests/Heliograph.EndToEnd.Tests/Alerts/Golden/";

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Program_and_webhook_receive_the_message_and_nothing_from_the_environment()
    {
        await using var receiver = Receiver("200 OK");
        var program = Script($"{{ printf '%s\\n' \"$@\"; env | sort; }} > {directory["seen"]}");
        var (code, output, errors) = await TestAsync(
            $"exec: {program}, webhook: \"https://localhost:{receiver.Endpoint.Port}/token-4711\"");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal($"alerts.exec {program}: delivered\nalerts.webhook at localhost: delivered\n", output);
        var post = await receiver.NextAsync();
        Assert.Equal("POST /token-4711 HTTP/1.1", post.RequestLine);
        Golden.Check(GoldenFiles + "webhook.json", Masked(post.Text) + "\n");
        // The shell adds these itself.
        var seen = File.ReadLines(directory["seen"])
            .Where(static line =>
                !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("HOME=", StringComparison.Ordinal));
        Golden.Check(GoldenFiles + "program.txt", Masked(string.Join('\n', seen)) + "\n");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_failed_delivery_is_reported_with_its_reason()
    {
        await using var receiver = Receiver("404 Not Found");
        var (code, output, errors) = await TestAsync(
            $"exec: {Script("echo no mail here >&2; exit 3")}, webhook: \"https://localhost:{receiver.Endpoint.Port}/token-4711\"");
        Assert.Equal((1, ""), (code, errors));
        Golden.Check(GoldenFiles + "not-delivered.txt", output.Replace(directory.Path, "/etc/heliograph", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Without_a_target_it_says_how_to_configure_one()
    {
        var (code, output, errors) = await TestAsync("self_check: off");
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            "heliograph: alerts go to the log only: name a program in alerts.exec, or an address in alerts.webhook\n", errors);
    }

    private FakeReceiver Receiver(string answer) => new(authority.Issue(TestKey.Ecdsa, "localhost"), answer);

    private async Task<(int ExitCode, string Output, string Errors)> TestAsync(string alerts)
    {
        var file = directory.Write("heliograph.yaml", $$"""
            domains: [proxy.example.org]
            alerts: { {{alerts}} }

            """);
        // The roots that OpenSSL, and so the program, trusts.
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["SSL_CERT_FILE"] = directory.Write("root.pem", authority.RootPem),
            ["SECRET_OF_THE_SERVER"] = "hush",
        };
        return await BuiltProgram.RunAsync(environment, "alerts", "test", "--config", file);
    }

    private string Script(string text)
    {
        var file = directory.Write("program", "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }

    private static string Masked(string text) => Version().Replace(Instant().Replace(text, "TIME"), "\"version\":\"VERSION\"");

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Instant();

    [GeneratedRegex("\"version\":\"[0-9.]+\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
