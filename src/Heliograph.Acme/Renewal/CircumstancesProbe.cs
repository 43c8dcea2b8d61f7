using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Heliograph.Acme.Challenges;
using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Heliograph.Platform;

namespace Heliograph.Acme.Renewal;

/// <summary>
/// Looks at what an operator puts right after a failed order: the configuration, DNS, and whether the ports can be reached from here.
/// </summary>
internal sealed class CircumstancesProbe
{
    private const int TlsPort = 443;
    private const int HttpPort = 80;

    /// <summary>How many names are resolved or ports dialled at the same time: a certificate may have 100 names.</summary>
    private const int AtOnce = 16;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly AcmeOptions options;
    private readonly IReadOnlyList<string> hosts;
    private readonly IReadOnlyList<string> authorities;
    private readonly IReadOnlyList<int> ports;
    private readonly Resolve resolve;

    public CircumstancesProbe(
        AcmeOptions options, IReadOnlyList<Identifier> identifiers, ChallengeResponders responders, Resolve resolve)
    {
        this.options = options;
        this.resolve = resolve;
        hosts = [.. identifiers.Select(static identifier => identifier.BaseName).Distinct(StringComparer.Ordinal)];
        authorities = [.. options.Issuers.Select(static issuer => new Uri(issuer.Directory).IdnHost).Distinct(StringComparer.Ordinal)];
        ports =
        [
            .. options.Challenges.Contains(ChallengeTypes.TlsAlpn01, StringComparer.Ordinal) && responders.TlsAlpn is not null
                ? [TlsPort] : Array.Empty<int>(),
            .. options.Challenges.Contains(ChallengeTypes.Http01, StringComparer.Ordinal) && responders.Http is not null
                ? [HttpPort] : Array.Empty<int>(),
        ];
    }

    /// <summary>What can be seen now. What cannot be seen in a few seconds is left out.</summary>
    /// <param name="before">Ports that could be reached then are not tried again: these are connections to this server itself.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled: what was seen by then is not what can be seen.</exception>
    public async Task<Circumstances> LookAsync(Circumstances? before, CancellationToken cancellationToken)
    {
        using var places = new SemaphoreSlim(AtOnce);
        var addresses = await Task.WhenAll(
            from host in hosts.Concat(authorities).Distinct(StringComparer.Ordinal) select InTurnAsync(() => FindAsync(host)));
        var reachable = await Task.WhenAll(
            from host in hosts from port in ports select InTurnAsync(() => IsReachableAsync(host, port)));
        cancellationToken.ThrowIfCancellationRequested();
        return new Circumstances
        {
            Configuration = Digest(),
            Addresses = addresses
                .Where(static one => one.Addresses is not null)
                .ToDictionary(static one => one.Host, static one => one.Addresses!, StringComparer.Ordinal),
            Reachable = [.. reachable.OfType<string>()],
        };

        async Task<T> InTurnAsync<T>(Func<Task<T>> look)
        {
            await places.WaitAsync(CancellationToken.None);
            try
            {
                return await look();
            }
            finally
            {
                places.Release();
            }
        }

        async Task<(string Host, IReadOnlyList<string>? Addresses)> FindAsync(string host)
        {
            if (InternetAddress.TryParse(host, out var literal))
                return (host, [literal.ToString()]);
            try
            {
                var found = await resolve(host, cancellationToken).WaitAsync(Limit, TimeProvider.System, cancellationToken);
                return (host, [.. found.Select(static address => address.ToString()).Order(StringComparer.Ordinal)]);
            }
            catch (SocketException exception)
            {
                return (host, exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? [] : null);
            }
            catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
            {
                return (host, null);
            }
        }

        async Task<string?> IsReachableAsync(string host, int port)
        {
            var name = $"port {port} of {host}";
            if (before?.Reachable.Contains(name, StringComparer.Ordinal) == true)
                return name;
            try
            {
                using var socket = await new HappyEyeballs(Limit, resolve).ConnectAsync(host, port, cancellationToken);
                return name;
            }
            catch (Exception exception) when (exception is ConnectFailedException or OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>What has changed for the better, or at least changed; null: nothing.</summary>
    public string? FindImprovement(Circumstances before, Circumstances now)
    {
        if (now.Configuration != before.Configuration)
            return "the configuration has changed";
        foreach (var host in hosts)
        {
            if (now.Find(host) is { Count: > 0 } found && !found.SequenceEqual(before.Find(host) ?? [], StringComparer.Ordinal))
                return before.Find(host) is { Count: > 0 } ? $"{host} has other addresses now" : $"{host} resolves now";
        }

        // Their addresses change all the time.
        foreach (var host in authorities)
        {
            if (now.Find(host) is { Count: > 0 } && before.Find(host) is not { Count: > 0 })
                return $"{host} resolves now";
        }
        return now.Reachable.Except(before.Reachable, StringComparer.Ordinal).FirstOrDefault() is { } port
            ? $"{port} can be reached now"
            : null;
    }

    /// <summary>A secret of the configuration is only in it as part of a SHA-256 digest of them all.</summary>
    private string Digest()
    {
        var files = options.Issuers.Select(static issuer => issuer.CaRoot).Append(options.Dns?.Hook).OfType<string>();
        byte[] all =
        [
            .. JsonSerializer.SerializeToUtf8Bytes(options, OptionsJson.Default.AcmeOptions),
            .. JsonSerializer.SerializeToUtf8Bytes(string.Join(' ', ports), OptionsJson.Default.String),
            // A missing file has a time as well.
            .. files.SelectMany(static file => BitConverter.GetBytes(File.GetLastWriteTimeUtc(file).Ticks)),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(all));
    }
}

[JsonSerializable(typeof(AcmeOptions))]
[JsonSerializable(typeof(string))]
internal sealed partial class OptionsJson : JsonSerializerContext;
