using Heliograph.Alerts;
using Heliograph.Testing;

namespace Heliograph.Tests.Alerts;

/// <summary>The program and the webhook that receive alerts.</summary>
public sealed class TargetTests : IDisposable
{
    private static readonly AlertMessage Message = AlertWatch.Create(
        "proxy.example.org",
        AlertCause.Certificate,
        AlertState.Failing,
        "it is \"quoted\" and $(not run)",
        new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    private static readonly TimeSpan[] ShortPauses =
    [
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(1),
    ];

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory(Timeout = Bound.Test)]
    [InlineData(1, null, "200 OK")]
    [InlineData(1, null, "204 No Content")]
    [InlineData(3, null, "503 Busy", "429 Slow", "200 OK")]
    [InlineData(4, "it answered 500 (4 attempts)", "500 Broken")]
    [InlineData(1, "it answered 404; check the address", "404 Not Found", "200 OK")]
    [InlineData(
        1, "it answered 307, a redirect, which is not followed; use the final address", "307 Elsewhere\r\nLocation: /there", "200 OK")]
    public async Task A_post_is_retried_only_if_that_may_help(int requests, string? problem, params string[] answers)
    {
        await using var receiver = new FakeReceiver(certificate: null, answers);
        var target = new WebhookTarget(new Uri($"http://{receiver.Endpoint}/secret"), ShortPauses, TimeProvider.System);
        Assert.Equal(problem, await target.SendAsync(Message, Bound.Token));
        Assert.Equal(requests, receiver.Count);
        var post = await receiver.NextAsync();
        Assert.Equal("POST /secret HTTP/1.1", post.RequestLine);
        Assert.Contains("\r\nContent-Type: application/json\r\n", post.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", target.Name, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_unreachable_receiver_is_reported_after_the_last_attempt()
    {
        using var nobody = LoopbackPort.Refusing(out var down);
        var target = new WebhookTarget(new Uri($"http://{down}/"), ShortPauses, TimeProvider.System);
        Assert.Equal(
            "it cannot be reached: no connection (IPv4: connection refused) (4 attempts)", await target.SendAsync(Message, Bound.Token));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_program_that_hangs_is_killed_with_its_children()
    {
        var program = Script($"sleep 1000 & echo $! > {directory["child"]}; wait");
        var target = new ExecTarget(program, TimeSpan.FromSeconds(2));
        Assert.Equal("it did not exit within 2s, and was killed with its children", await target.SendAsync(Message, Bound.Token));
        var child = (await File.ReadAllTextAsync(directory["child"], Bound.Token)).Trim();
        await Polling.UntilAsync(() => !IsRunning(child), Bound.Prompt, $"process {child} is still running");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_program_that_fails_is_reported_with_the_beginning_of_its_output()
    {
        var target = new ExecTarget(Script("echo out; echo wrong >&2; head -c 3000000 /dev/zero | tr '\\0' x; exit 7"), ExecTarget.Limit);
        var problem = await target.SendAsync(Message, Bound.Token);
        Assert.StartsWith("it exited with code 7: wrong  out xxxx", problem, StringComparison.Ordinal);
        Assert.InRange(problem!.Length, 100, 250);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_file_that_is_not_executable_is_reported()
    {
        var file = directory.Write("text", "no program");
        Assert.Equal(
            $"it cannot be started: it is not executable; make it so with: chmod +x {file}",
            await new ExecTarget(file, ExecTarget.Limit).SendAsync(Message, Bound.Token));
    }

    private static bool IsRunning(string process) =>
        File.Exists($"/proc/{process}/stat") && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);

    private string Script(string text)
    {
        var file = directory.Write("program", "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }
}
