using System.Net.Sockets;
using Heliograph.Machine;
using Heliograph.Platform;
using Heliograph.Relay.Upstream;

namespace Heliograph.Checking;

/// <summary>Checks the proxy of upstream.proxy: whether it can be reached, is one, takes the credentials, and reaches a host.</summary>
internal static class UpstreamProxyCheck
{
    public const string Name = "upstream proxy";

    /// <summary>For connecting to the proxy, and again for its answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="proxy">The proxy.</param>
    /// <param name="host">The host that it is asked for.</param>
    /// <param name="timeProvider">Bounds the wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Finding> RunAsync(
        UpstreamProxy proxy, UpstreamEndpoint.Tcp host, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (stream, trouble) = await ConnectAsync(proxy, host, Patience, timeProvider, cancellationToken);
        if (stream is not null)
        {
            await stream.DisposeAsync();
            return new(Name, Severity.Ok, $"{proxy} connects to {host}");
        }
        return trouble!.IsHosts
            ? new(Name, Severity.Warning, trouble.Seen, $"Have the operator of the proxy find out why; its log names {host}.")
            : new(
                Name, Severity.Failure, trouble.Seen,
                "Nothing is relayed until that is mended: check upstream.proxy, its user and its password, and that the proxy lets this " +
                "machine in.");
    }

    /// <summary>Connects to a host as the server does.</summary>
    /// <returns>The tunnel, or why there is none.</returns>
    public static async Task<(Stream? Tunnel, ProxyTrouble? Trouble)> ConnectAsync(
        UpstreamProxy proxy, UpstreamEndpoint.Tcp host, TimeSpan patience, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        NetworkStream? stream = null;
        try
        {
            var connector = new HappyEyeballs(patience);
            stream = new(await connector.ConnectAsync(proxy.Endpoint.Host, proxy.Endpoint.Port, cancellationToken), ownsSocket: true);
            using var limit = new CancellationTokenSource(patience, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            if (await proxy.OpenAsync(stream, host, either.Token) is not { } fault)
                return (stream, null);
            await stream.DisposeAsync();
            return (null, new($"{(fault.IsHosts ? host : proxy)} {fault.Words}", fault.IsHosts));
        }
        catch (ConnectFailedException exception)
        {
            return (null, new($"{proxy}: {exception.Message}", IsHosts: false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await stream!.DisposeAsync();
            return (null, new($"{proxy} does not answer in time", IsHosts: false));
        }
    }
}

/// <summary>Why there is no connection through an upstream proxy.</summary>
/// <param name="Seen">For a person.</param>
/// <param name="IsHosts">Whether the proxy works, and does not reach the host.</param>
internal sealed record ProxyTrouble(string Seen, bool IsHosts);
