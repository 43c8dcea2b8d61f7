using System.Net;
using System.Net.Sockets;

namespace Heliograph.Platform;

/// <summary>
/// Happy Eyeballs (RFC 8305): tries one address after the other, alternating between the families, IPv6 first. The next attempt starts
/// when the last has failed or has not answered for <see cref="AttemptDelay"/>; the first to connect wins.
/// </summary>
internal sealed class AddressRace
{
    /// <summary>The Connection Attempt Delay that RFC 8305 section 5 recommends.</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>A resolver may return any number of addresses; no more than these are tried.</summary>
    private const int MostAttempts = 8;

    private readonly IReadOnlyList<IPEndPoint> endpoints;
    private readonly List<Attempt> failed = [];

    public AddressRace(IReadOnlyList<IPAddress> addresses, int port) =>
        endpoints = [.. Interleave(addresses).Take(MostAttempts).Select(address => new IPEndPoint(address, port))];

    /// <summary>What each address family that was tried did, such as <c>IPv6: no answer; IPv4: connection refused</c>.</summary>
    public string Failures =>
        string.Join("; ", failed.GroupBy(
            static attempt => Family(attempt.Endpoint.AddressFamily),
            static attempt => attempt.Failure,
            static (family, reasons) => $"{family}: {string.Join(" and ", reasons.Distinct(StringComparer.Ordinal))}",
            StringComparer.Ordinal));

    /// <returns>A connected socket, or null if all attempts failed or the time is up.</returns>
    public async Task<Socket?> RunAsync(CancellationToken limit)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit);
        var running = new List<Task<Attempt>>();
        try
        {
            var delay = Task.CompletedTask;
            var next = 0;
            while ((next < endpoints.Count || running.Count > 0) && !limit.IsCancellationRequested)
            {
                if (next < endpoints.Count && delay.IsCompleted)
                {
                    running.Add(TryAsync(endpoints[next++], stop.Token));
                    // Real time, as are HttpClient's own limits.
                    delay = Task.Delay(AttemptDelay, TimeProvider.System, stop.Token);
                }
                IEnumerable<Task> waits = next < endpoints.Count ? [.. running, delay] : running;
                var progress = await Task.WhenAny(waits);
                if (progress is not Task<Attempt> ended)
                    continue;
                running.Remove(ended);
                if ((await ended).Socket is { } connected)
                    return connected;
                failed.Add(await ended);
                // A failed attempt starts the next one without waiting.
                delay = Task.CompletedTask;
            }
            return null;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var loser in await Task.WhenAll(running))
            {
                if (loser.Socket is { } late)
                    late.Dispose();
                else
                    failed.Add(loser);
            }
        }
    }

    public static string Family(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";

    private static async Task<Attempt> TryAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new(endpoint, socket, "");
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            return new(endpoint, null, Describe((exception as SocketException)?.SocketErrorCode ?? SocketError.TimedOut));
        }
    }

    private static string Describe(SocketError error) => error switch
    {
        SocketError.TimedOut => "no answer",
        SocketError.ConnectionRefused => "connection refused",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressNotAvailable
            or SocketError.AddressFamilyNotSupported => "no route",
        SocketError.AccessDenied => "forbidden by a firewall of this machine",
        _ => error.ToString(),
    };

    /// <summary>Alternates between the families (RFC 8305 section 4), each in the resolver's order.</summary>
    private static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        var six = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetworkV6);
        var four = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetwork);
        return six.Index().Concat(four.Index()).OrderBy(static one => one.Index).Select(static one => one.Item);
    }

    private sealed record Attempt(IPEndPoint Endpoint, Socket? Socket, string Failure);
}
