using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Heliograph.Acme.Dns;
using Heliograph.Platform.Resolving;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>The addresses of a name, as its name server has them.</summary>
/// <param name="Addresses">Empty: it has none.</param>
/// <param name="Remembered">How long resolvers may remember that.</param>
public sealed record NameAddresses(IReadOnlyList<IPAddress> Addresses, TimeSpan Remembered);

/// <summary>A and AAAA records, changed by the same program or server as the TXT records of <c>dns-01</c>.</summary>
public sealed class AddressRecords
{
    /// <summary>Of the records that are written, in seconds: a name that is blocked has to move quickly.</summary>
    public const uint TimeToLive = 60;

    /// <summary>What a program prints that knows this call. One that knows only those of dns-01 may ignore it, and succeed.</summary>
    private const string Confirmation = "done";

    private readonly DnsOptions dns;
    private readonly Rfc2136Server? server;
    private readonly SystemResolver resolver;

    /// <param name="dns">The program or the server; checked.</param>
    /// <param name="timeProvider">For signatures.</param>
    /// <param name="logger">Logs which resolver does not answer.</param>
    public AddressRecords(DnsOptions dns, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(dns);
        this.dns = dns;
        server = dns.Rfc2136 is { } options ? new Rfc2136Server(options, timeProvider) : null;
        resolver = new SystemResolver(logger);
    }

    /// <summary>Who makes the changes, for a message.</summary>
    public string Description => server is null ? $"acme.dns.hook ({dns.Hook})" : $"the name server {server.Endpoint}";

    /// <returns>Null: no name server of the name could be asked, or says anything of it.</returns>
    /// <exception cref="AcmeException">The name is an alias, or the configured server does not answer.</exception>
    public async Task<NameAddresses?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var absolute = name + ".";
        var servers = server is not null ? [server.Endpoint] : await FindServersAsync(absolute, cancellationToken);
        foreach (var one in servers)
        {
            try
            {
                if (await AskAsync(one, absolute, DnsTypes.A, cancellationToken) is { } ipv4
                    && await AskAsync(one, absolute, DnsTypes.Aaaa, cancellationToken) is { } ipv6)
                    return new(
                        [.. ipv4.Addresses, .. ipv6.Addresses],
                        ipv4.Remembered > ipv6.Remembered ? ipv4.Remembered : ipv6.Remembered);
            }
            catch (IOException exception)
            {
                if (server is not null)
                    throw server.Silent(exception);
            }
        }
        return null;
    }

    /// <summary>From now on the name has these addresses and no others; without any it has none.</summary>
    /// <exception cref="AcmeException">They could not be changed; the message says what to do.</exception>
    public async Task SetAsync(string name, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(addresses);
        if (server is null)
            await RunHookAsync(name, addresses, cancellationToken);
        else
            await UpdateAsync(server, name, addresses, cancellationToken);
    }

    private async Task UpdateAsync(
        Rfc2136Server server, string name, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        try
        {
            var zone = await server.RequireZoneAsync(name + ".", name, isGiven: false, cancellationToken);
            await server.UpdateAsync(
                zone,
                name,
                name,
                [
                    DnsChange.DeleteAll(DnsTypes.A),
                    DnsChange.DeleteAll(DnsTypes.Aaaa),
                    .. addresses.Select(static address => DnsChange.Add(TypeOf(address), TimeToLive, address.GetAddressBytes())),
                ],
                cancellationToken);
        }
        catch (IOException exception)
        {
            throw server.Silent(exception);
        }
        // A server ignores what it may not add, such as an address beside an alias (RFC 2136 section 3.4.2.2).
        if (await FindAsync(name, cancellationToken) is { } now && !now.Addresses.ToHashSet().SetEquals(addresses) && addresses.Count > 0)
            throw new AcmeException(
                AcmeFailure.Configuration,
                $"acme.dns.rfc2136: the name server {server.Endpoint} accepted the change of {name}, but it has " +
                (now.Addresses.Count == 0 ? "no address" : $"other addresses: {string.Join(", ", now.Addresses)}") +
                ". Does something else change it, too?");
    }

    private async Task RunHookAsync(string name, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "addresses", name + ".", TimeToLive.ToString(CultureInfo.InvariantCulture), .. addresses.Select(static address => $"{address}"),
        ];
        var described = string.Join(' ', arguments);
        var output = await DnsHook.RunAsync(dns.Hook!, described, arguments, secrets: [], dns.HookTimeout, cancellationToken);
        if (!output.Split('\n').Any(static line => line.Trim() == Confirmation))
            throw new AcmeException(
                AcmeFailure.Configuration,
                $"acme.dns.hook: '{dns.Hook} {described}' printed no line \"{Confirmation}\", so it seems to know only the calls of " +
                "dns-01 (present, cleanup); docs/operating/fleet.md has what it has to do.");
    }

    private async Task<IReadOnlyList<IPEndPoint>> FindServersAsync(string name, CancellationToken cancellationToken) =>
        dns.VisibleAt.Count > 0
            ? [.. dns.VisibleAt.Select(static text => DnsServer.TryParse(text, out var parsed) ? parsed : null).OfType<IPEndPoint>()]
            : await AuthoritativeServers.FindAsync(name, resolver, cancellationToken);

    /// <returns>Null: it refuses, or has no such zone, or only passes on what others say. Then nothing is known.</returns>
    private async Task<NameAddresses?> AskAsync(IPEndPoint from, string name, int type, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var answer = DnsAnswer.Parse(
            await DnsExchange.AskAsync(
                from, DnsWriter.Query(id, name, type, recursive: false), server?.TcpOnly == true, cancellationToken))!;
        // NOERROR or NXDOMAIN (RFC 1035 section 4.1.1), about a zone of its own.
        if (answer is not { IsAuthoritative: true, ResponseCode: 0 or 3 })
            return null;
        var wanted = name.ToLowerInvariant();
        DnsRecord[] own = [.. answer.Answers.Where(record => record.Name == wanted)];
        if (own.Any(static record => record.Type == DnsTypes.Cname))
            throw new AcmeException(
                AcmeFailure.Configuration,
                $"{name} is an alias (CNAME), which has no addresses of its own; change the name that it leads to, or delete the alias.");
        var size = type == DnsTypes.A ? 4 : 16;
        DnsRecord[] found = [.. own.Where(record => record.Type == type && record.Data.Length == size)];
        return new(
            // A server gives them in a different order each time.
            [.. found.Select(static record => new IPAddress(record.Data)).OrderBy(static address => $"{address}", StringComparer.Ordinal)],
            TimeSpan.FromSeconds(found.Length > 0 ? found.Max(static record => record.TimeToLive) : NegativeTime(answer)));
    }

    /// <summary>RFC 2308 section 5: the lesser of the SOA record's time and its last field.</summary>
    private static uint NegativeTime(DnsAnswer answer) =>
        answer.Records.FirstOrDefault(static record => record.Type == DnsTypes.Soa && record.Data.Length >= 4) is { } soa
            ? Math.Min(soa.TimeToLive, BinaryPrimitives.ReadUInt32BigEndian(soa.Data.AsSpan(^4)))
            : 0;

    private static int TypeOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? DnsTypes.A : DnsTypes.Aaaa;
}
