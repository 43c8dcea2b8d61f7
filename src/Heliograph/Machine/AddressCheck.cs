using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Heliograph.Platform;
using Heliograph.Relay.Upstream;

namespace Heliograph.Machine;

/// <summary>What DNS answered for a name.</summary>
/// <param name="Answered">Whether any server answered.</param>
/// <param name="Addresses">Empty: the name has none, or does not exist.</param>
internal sealed record Resolved(bool Answered, IReadOnlyList<IPAddress> Addresses);

/// <summary>Checks whether a domain resolves to this machine.</summary>
internal static class AddressCheck
{
    public const string Name = "dns";

    /// <summary>getaddrinfo asks each server twice, for 5 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <param name="domain">A DNS name, a wildcard, or an address.</param>
    /// <param name="timeProvider">Bounds the wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Finding> RunAsync(string domain, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        // Every name under the '*' must resolve to this machine: ask for one that no cache knows.
        var name = domain.StartsWith("*.", StringComparison.Ordinal)
            ? RandomNumberGenerator.GetHexString(8, lowercase: true) + domain[1..]
            : domain;
        return Evaluate(domain, await ResolveAsync(name, timeProvider, cancellationToken), LocalAddresses());
    }

    /// <summary>Asks the system's resolver.</summary>
    public static async Task<Resolved> ResolveAsync(string name, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (InternetAddress.TryParse(name, out var address))
            return new(true, [address]);
        try
        {
            return new(true, await AbsoluteName.ResolveAsync(name, cancellationToken).WaitAsync(Patience, timeProvider, cancellationToken));
        }
        catch (SocketException exception)
        {
            return new(AbsoluteName.IsMissing(exception), []);
        }
        catch (TimeoutException)
        {
            return new(false, []);
        }
    }

    /// <summary>
    /// The addresses at which others could reach this machine: of interfaces that are up, without loopback and link-local ones.
    /// </summary>
    public static IReadOnlyList<IPAddress> LocalAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(static network => network.OperationalStatus != OperationalStatus.Down)
            .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
            .Select(static unicast => unicast.Address)
            .Where(static address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal),
    ];

    /// <param name="domain">As configured.</param>
    /// <param name="resolved">What DNS answered for it.</param>
    /// <param name="local">This machine's addresses.</param>
    public static Finding Evaluate(string domain, Resolved resolved, IReadOnlyList<IPAddress> local)
    {
        if (!resolved.Answered)
            return new(
                Name,
                Severity.Failure,
                $"no DNS server answered for {domain}",
                "Make sure that this machine's network is up and that /etc/resolv.conf names a DNS server that answers.");
        if (resolved.Addresses.Count == 0)
            return new(
                Name,
                Severity.Failure,
                $"{domain} has no address",
                $"Create an A record for it with {Public(local)}, and wait a few minutes.");
        List<(IPAddress Address, Place Place)> places = [.. resolved.Addresses.Select(address => (address, Locate(address, local)))];
        var seen = string.Join(", ", places.Select(static p => $"{p.Address} ({p.Place.Meaning})"));
        return new(
            Name,
            places.Max(static p => p.Place.Severity),
            InternetAddress.TryParse(domain, out _) ? seen : $"{domain} resolves to {seen}",
            Remedies(places));
    }

    /// <summary>What an address belongs to, as far as can be seen from here.</summary>
    private sealed record Place(Severity Severity, string Meaning, string? Remedy = null);

    private static string? Remedies(IEnumerable<(IPAddress Address, Place Place)> places)
    {
        var remedies = places.Select(static p => p.Place.Remedy).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return remedies.Count == 0 ? null : string.Join(' ', remedies);
    }

    private static Place Locate(IPAddress address, IReadOnlyList<IPAddress> local)
    {
        if (IPAddress.IsLoopback(address))
            return new(
                Severity.Warning,
                "loopback",
                "This machine's /etc/hosts or DNS gives a loopback address, which hides what others see: check from another machine " +
                "(dig NAME A, dig NAME AAAA).");
        if (local.Contains(address) && AddressGuard.IsPublic(address))
            return new(Severity.Ok, "this machine");
        if (!AddressGuard.IsPublic(address))
            return new(
                Severity.Failure, "a private address", $"Nobody on the internet can reach {address}: put {Public(local)} in the record.");
        if (Cloudflare.Has(address))
            return new(
                Severity.Failure,
                "Cloudflare's proxy",
                "Cloudflare would terminate TLS itself, so no Signal client would get through: " +
                "switch the record to \"DNS only\" (the grey cloud).");
        return NotHere(address, [.. local.Where(other => other.AddressFamily == address.AddressFamily)]);
    }

    /// <summary>A public address that no interface of this machine has.</summary>
    /// <param name="address">The address.</param>
    /// <param name="family">This machine's addresses of the same family.</param>
    private static Place NotHere(IPAddress address, IReadOnlyList<IPAddress> family)
    {
        var (record, ip) = address.AddressFamily == AddressFamily.InterNetwork ? ("A", "IPv4") : ("AAAA", "IPv6");
        var inner = family.FirstOrDefault(static other => !AddressGuard.IsPublic(other));
        var outer = family.FirstOrDefault(AddressGuard.IsPublic);
        if (family.Count == 0)
        {
            return new(
                Severity.Failure,
                $"this machine has no {ip}",
                $"Delete the {record} record, or give this machine {ip}: " +
                $"clients and the certificate authority try {address} and get no answer.");
        }
        // Most clouds translate a public address to the machine's private one, which is fine.
        if (outer is null)
        {
            return new(
                Severity.Warning,
                "not seen here",
                $"This machine has only the private address {inner}, as is usual in clouds and at home: that is fine if your provider " +
                $"or router forwards {address} to it. To find out, run \"heliograph check\" on another machine.");
        }
        return inner is not null
            ? new(
                Severity.Warning,
                "not seen here",
                $"This machine has {outer}. That is fine if {address} is a floating address that your provider routes here; if not, " +
                $"change the {record} record to {outer}.")
            : new(
                Severity.Failure,
                "another machine",
                $"Change the {record} record to {outer}, this machine's address, or delete it: clients and the certificate authority " +
                $"connect to {address}.");
    }

    private static string Public(IReadOnlyList<IPAddress> local) =>
        local.OrderBy(static address => address.AddressFamily).FirstOrDefault(AddressGuard.IsPublic)?.ToString()
        ?? "this machine's public address, as your provider shows it";
}
