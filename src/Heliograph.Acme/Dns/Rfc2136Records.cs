using System.Net;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform.Resolving;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>DNS UPDATE (RFC 2136) signed with TSIG.</summary>
internal sealed class Rfc2136Records : IDnsRecords
{
    private const uint TimeToLive = 60;

    private readonly Rfc2136Options options;
    private readonly IPEndPoint server;
    private readonly SystemResolver resolver;
    private readonly Tsig tsig;
    private readonly TimeProvider timeProvider;
    private readonly DnsVisibility visibility;
    private readonly ILogger logger;

    /// <param name="options">The server and the key.</param>
    /// <param name="resolver">For names in the zones of other servers.</param>
    /// <param name="visibility">Waits for the record.</param>
    /// <param name="timeProvider">For the signature.</param>
    /// <param name="logger">Logs what is left behind.</param>
    public Rfc2136Records(
        Rfc2136Options options, SystemResolver resolver, DnsVisibility visibility, TimeProvider timeProvider, ILogger logger)
    {
        this.resolver = resolver;
        this.options = options;
        this.visibility = visibility;
        this.timeProvider = timeProvider;
        this.logger = logger;
        if (!DnsServer.TryParse(options.Server, out server!) || !Tsig.TryCreate(options, out tsig!))
            throw new ArgumentException("The options were not checked.", nameof(options));
    }

    public async Task<IAsyncDisposable> PresentAsync(string name, string value, CancellationToken cancellationToken)
    {
        try
        {
            var place = await FindPlaceAsync(name, cancellationToken);
            await UpdateAsync(place, value, add: true, cancellationToken);
            var cleanup = new Cleanup(() => RemoveAsync(place, value));
            try
            {
                await visibility.WaitAsync(place.Name, value, [server], cancellationToken);
            }
            catch
            {
                await cleanup.DisposeAsync();
                throw;
            }

            return cleanup;
        }
        catch (IOException exception)
        {
            throw new AcmeException(
                AcmeFailure.Unreachable,
                $"acme.dns.rfc2136: the name server {server} cannot be queried: {exception.Message}. Check the address and its firewall.",
                exception);
        }
    }

    private bool TcpOnly => options.Transport == "tcp";

    private async Task RemoveAsync(Place place, string value)
    {
        try
        {
            await UpdateAsync(place, value, add: false, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or AcmeException)
        {
            logger.RecordLeft(place.Name, exception.Message);
        }
    }

    /// <summary>The authority follows an alias, and looks at its end.</summary>
    private async Task<Place> FindPlaceAsync(string name, CancellationToken cancellationToken)
    {
        var target = await DnsAlias.FollowAsync(name, server, resolver, TcpOnly, cancellationToken);
        var described = target == name ? name : $"{target} (of which {name} is an alias)";
        if (options.Zone is { } zone && (target == name || IsIn(target, zone)))
            return new(zone, target, described);
        return await FindZoneAsync(target, cancellationToken) is { } found
            ? new(found, target, described)
            : throw new AcmeException(
                AcmeFailure.Configuration,
                $"acme.dns.rfc2136: the name server {server} has no zone for {described}; " +
                "set acme.dns.rfc2136.zone, or set acme.dns.rfc2136.server to the right server.");
    }

    private static bool IsIn(string name, string zone) =>
        ("." + name.TrimEnd('.')).EndsWith("." + zone.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 2136 section 2: the zone in the question section, the change in the authority section.</summary>
    private async Task UpdateAsync(Place place, string value, bool add, CancellationToken cancellationToken)
    {
        var text = Encoding.ASCII.GetBytes(value);
        var update = new DnsWriter()
            .Short(RandomNumberGenerator.GetInt32(ushort.MaxValue + 1)).Short(5 << 11).Short(1).Short(0).Short(1).Short(0)
            .Name(place.Zone).Short(DnsTypes.Soa).Short(DnsTypes.In)
            .Name(place.Name)
            .Record(DnsTypes.Txt, add ? DnsTypes.In : DnsTypes.None, add ? TimeToLive : 0, [(byte)text.Length, .. text])
            .ToArray();
        var (signed, mac) = tsig.Sign(update, timeProvider.GetUtcNow());
        var answer = await DnsExchange.AskAsync(server, signed, TcpOnly, cancellationToken);
        var code = DnsAnswer.Parse(answer)!.ResponseCode;
        var signature = tsig.Verify(answer, mac, timeProvider.GetUtcNow());
        if (code == 0 && signature == 0)
            return;
        throw new AcmeException(
            AcmeFailure.Configuration,
            $"acme.dns.rfc2136: the name server {server} refused to change {place.Described} in the zone {place.Zone}: " +
            $"{Explain(code, signature)}.");
    }

    private static string Explain(int code, int signature) => (code, signature) switch
    {
        (_, 16) => "the signature is wrong (BADSIG); check key_secret and algorithm",
        (_, 17) => "it does not know the key (BADKEY); check key_name",
        (_, 18) => "its clock and this machine's differ (BADTIME); set the clock (timedatectl set-ntp true)",
        (5, _) => "REFUSED; its policy does not allow this key to change this name",
        (9, _) => "NOTAUTH; it does not serve this zone, or the key is wrong; check zone, key_name and key_secret",
        (10, _) => "NOTZONE; check zone",
        (2, _) => "SERVFAIL; see its log (often it cannot write the zone's journal)",
        (0, _) => "the answer's signature is invalid; something in between changed it, or the server has a different key",
        _ => $"response code {code}",
    };

    /// <summary>The longest part of the name for which the server has an SOA record is the zone.</summary>
    private async Task<string?> FindZoneAsync(string name, CancellationToken cancellationToken)
    {
        for (
            var zone = name;
            zone.Contains('.', StringComparison.Ordinal);
            zone = zone[(zone.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            var answer = await DnsExchange.AskAsync(
                server, DnsWriter.Query(id, zone, DnsTypes.Soa, recursive: false), TcpOnly, cancellationToken);
            var wanted = zone.ToLowerInvariant();
            if (DnsAnswer.Parse(answer)!.Answers.Any(record => record.Type == DnsTypes.Soa && record.Name == wanted))
                return zone;
        }

        return null;
    }

    /// <summary>Where the record goes.</summary>
    /// <param name="Zone">The zone that is updated.</param>
    /// <param name="Name">The record's name.</param>
    /// <param name="Described">The same, with the alias that leads there.</param>
    private sealed record Place(string Zone, string Name, string Described);
}
