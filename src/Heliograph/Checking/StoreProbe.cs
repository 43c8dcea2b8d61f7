using System.Net;
using System.Net.Security;
using System.Text;
using System.Text.Json;

namespace Heliograph.Checking;

/// <summary>
/// Looks whether etcd, by which the machines of a fleet share, answers strangers at a proxy's address: it tells its version to anyone, and
/// whoever sees that several proxies talk to one address knows that they belong together.
/// </summary>
internal static class StoreProbe
{
    /// <summary>For clients, and for etcd's other members.</summary>
    private static readonly int[] Ports = [2379, 2380];

    /// <summary>A closed port is silent behind many firewalls, and nobody waits for that for long.</summary>
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(4);

    private const int LongestAnswer = 4096;

    /// <returns>What is wrong; of an address where nothing is, that.</returns>
    public static async Task<IReadOnlyList<CheckStep>> RunAsync(IReadOnlyList<IPAddress> addresses, CheckClock clock)
    {
        var own = new CheckClock(clock.Time, StepTimeout, 3 * StepTimeout, clock.Cancellation);
        var steps = await Task.WhenAll(addresses.Select(address => AskAsync(address, own)));
        return [.. steps.SelectMany(static all => all)];
    }

    private static async Task<IReadOnlyList<CheckStep>> AskAsync(IPAddress address, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var found = await Task.WhenAll(Ports.Select(port => AskAsync(new IPEndPoint(address, port), clock)));
        return found.OfType<CheckStep>().ToList() is { Count: > 0 } wrong ? wrong :
        [
            new CheckStep
            {
                Step = Steps.Store,
                Subject = address.ToString(),
                Outcome = "none",
                Severity = Severity.Ok,
                Seen = $"no etcd answers at ports {string.Join(" and ", Ports)}",
                TookMs = clock.Since(started),
            },
        ];
    }

    private static async Task<CheckStep?> AskAsync(IPEndPoint endpoint, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var (speaksTls, answer) = await OverTlsAsync(endpoint, clock);
        answer ??= speaksTls ? null : await PlainAsync(endpoint, clock);
        var version = ReadVersion(answer);
        if (version is null && !speaksTls)
            return null;
        return new CheckStep
        {
            Step = Steps.Store,
            Subject = endpoint.ToString(),
            Outcome = version is null ? "tls" : "etcd",
            Severity = Severity.Warning,
            Seen = version is null
                ? $"something speaks TLS at port {endpoint.Port}, which is etcd's"
                : $"etcd {version} answers everybody",
            Remedy =
                $"close port {endpoint.Port} of {endpoint.Address} to all but the fleet's machines with a firewall, or let etcd listen " +
                $"in a private network ({OperatingPages.Directory}/fleet.md, \"Hide etcd\")",
            TookMs = clock.Since(started),
        };
    }

    private static async Task<(bool SpeaksTls, byte[]? Answer)> OverTlsAsync(IPEndPoint endpoint, CheckClock clock)
    {
        var speaksTls = false;
        try
        {
            await using var tcp = await Dial.TcpAsync(endpoint, clock);
            await using var tls = new SslStream(tcp, leaveInnerStreamOpen: true, (_, _, _, _) => speaksTls = true);
            var hello = new SslClientAuthenticationOptions { TargetHost = endpoint.Address.ToString() };
            await clock.RunAsync(async stop =>
            {
                await tls.AuthenticateAsClientAsync(hello, stop);
                return true;
            });
            return (true, await GetVersionAsync(tls, endpoint, clock));
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            // It may have shown its certificate and want one from us.
            return (speaksTls, null);
        }
    }

    private static async Task<byte[]?> PlainAsync(IPEndPoint endpoint, CheckClock clock)
    {
        try
        {
            await using var tcp = await Dial.TcpAsync(endpoint, clock);
            return await GetVersionAsync(tcp, endpoint, clock);
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return null;
        }
    }

    private static Task<byte[]> GetVersionAsync(Stream stream, IPEndPoint endpoint, CheckClock clock) => clock.RunAsync(async stop =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /version HTTP/1.1\r\nHost: {endpoint}\r\nConnection: close\r\n\r\n"), stop);
        await stream.FlushAsync(stop);
        var buffer = new byte[LongestAnswer];
        var length = 0;
        for (var read = 1; read > 0 && length < buffer.Length; length += read)
            read = await stream.ReadAsync(buffer.AsMemory(length), stop);
        return buffer[..length];
    });

    /// <returns>As it may be shown; null: this is not etcd's answer.</returns>
    private static string? ReadVersion(byte[]? answer)
    {
        if (answer is null || answer.AsSpan().IndexOf("\r\n\r\n"u8) is not (> 0 and var head))
            return null;
        try
        {
            using var json = JsonDocument.Parse(answer.AsMemory(head + 4));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("etcdserver", out var version) && version.ValueKind == JsonValueKind.String
                    ? Untrusted.Line(Encoding.UTF8.GetBytes(version.GetString()!), 20)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
