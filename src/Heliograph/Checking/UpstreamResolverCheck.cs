using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Machine;
using Heliograph.Platform;
using Heliograph.Platform.Resolving;

namespace Heliograph.Checking;

/// <summary>Checks the resolver of upstream.resolver: whether it answers, and has an address for one of Signal's hosts.</summary>
internal static class UpstreamResolverCheck
{
    public const string Name = "upstream resolver";

    public static async Task<Finding> RunAsync(
        UpstreamSettings upstream, string host, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var resolver = Open(upstream, timeProvider);
        return await RunAsync(resolver, host, cancellationToken);
    }

    internal static async Task<Finding> RunAsync(HttpsResolver resolver, string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await resolver.ResolveAsync(host, cancellationToken);
            var count = addresses.Length == 1 ? "an address" : $"{addresses.Length} addresses";
            return new(Name, Severity.Ok, $"{resolver} has {count} for {host}");
        }
        catch (SocketException exception) when (AbsoluteName.IsMissing(exception))
        {
            return new(
                Name, Severity.Failure, $"{resolver} has no address for {host}", "Use a resolver that does not filter Signal's names.");
        }
        catch (SocketException exception)
        {
            return new(
                Name, Severity.Failure, $"{resolver} {exception.Message}",
                "Signal's hosts are found until the server is restarted, and not after that: check upstream.resolver and " +
                "upstream.resolver_addresses, or use another resolver.");
        }
    }

    /// <summary>The addresses of a host, as the server finds them; none: there is no answer.</summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        UpstreamSettings upstream, string host, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (InternetAddress.TryParse(host, out var literal))
            return [literal];
        using var resolver = Open(upstream, timeProvider);
        try
        {
            return await resolver.ResolveAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static HttpsResolver Open(UpstreamSettings upstream, TimeProvider timeProvider) =>
        new(new Uri(upstream.Resolver!), upstream.ResolverAddresses, timeProvider);
}
