using System.Net;
using System.Security.Cryptography;
using Heliograph.Platform.Resolving;

namespace Heliograph.Acme.Dns;

/// <summary>A name server that takes signed changes of its zones (RFC 2136, RFC 8945).</summary>
internal sealed class Rfc2136Server
{
    private readonly Rfc2136Options options;
    private readonly IPEndPoint server;
    private readonly Tsig tsig;
    private readonly TimeProvider timeProvider;

    /// <param name="options">The server and the key; checked.</param>
    /// <param name="timeProvider">For the signature.</param>
    public Rfc2136Server(Rfc2136Options options, TimeProvider timeProvider)
    {
        this.options = options;
        this.timeProvider = timeProvider;
        if (!DnsServer.TryParse(options.Server, out server!) || !Tsig.TryCreate(options, out tsig!))
            throw new ArgumentException("The options were not checked.", nameof(options));
    }

    public IPEndPoint Endpoint => server;

    public bool TcpOnly => options.Transport == "tcp";

    /// <summary>The zone that has a name: the configured one, or what the server says.</summary>
    /// <param name="name">The name.</param>
    /// <param name="described">The same, for a message.</param>
    /// <param name="isGiven">Whether the name is in the configured zone, whatever it looks like.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="AcmeException">It has none.</exception>
    /// <exception cref="IOException">The server does not answer.</exception>
    public async Task<string> RequireZoneAsync(string name, string described, bool isGiven, CancellationToken cancellationToken)
    {
        if (options.Zone is { } zone && (isGiven || IsIn(name, zone)))
            return zone;
        return await FindZoneAsync(name, cancellationToken) ?? throw new AcmeException(
            AcmeFailure.Configuration,
            $"acme.dns.rfc2136: the name server {server} has no zone for {described}; " +
            "set acme.dns.rfc2136.zone, or set acme.dns.rfc2136.server to the right server.");
    }

    /// <summary>RFC 2136 section 2: the zone in the question section, the changes in the authority section, all of them or none.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="name">The name of all records.</param>
    /// <param name="described">The same, for a message.</param>
    /// <param name="changes">What is added and deleted.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="AcmeException">It refuses.</exception>
    /// <exception cref="IOException">It does not answer.</exception>
    public async Task UpdateAsync(
        string zone, string name, string described, IReadOnlyList<DnsChange> changes, CancellationToken cancellationToken)
    {
        var update = new DnsWriter()
            .Short(RandomNumberGenerator.GetInt32(ushort.MaxValue + 1)).Short(5 << 11).Short(1).Short(0).Short(changes.Count).Short(0)
            .Name(zone).Short(DnsTypes.Soa).Short(DnsTypes.In);
        foreach (var change in changes)
            update.Name(name).Record(change.Type, change.Class, change.TimeToLive, change.Data);
        var (signed, mac) = tsig.Sign(update.ToArray(), timeProvider.GetUtcNow());
        var answer = await DnsExchange.AskAsync(server, signed, TcpOnly, cancellationToken);
        var code = DnsAnswer.Parse(answer)!.ResponseCode;
        var signature = tsig.Verify(answer, mac, timeProvider.GetUtcNow());
        if (code == 0 && signature == 0)
            return;
        throw new AcmeException(
            AcmeFailure.Configuration,
            $"acme.dns.rfc2136: the name server {server} refused to change {described} in the zone {zone}: " +
            $"{Explain(code, signature)}.");
    }

    /// <summary>For a question that it did not answer.</summary>
    public AcmeException Silent(IOException exception) => new(
        AcmeFailure.Unreachable,
        $"acme.dns.rfc2136: the name server {server} cannot be queried: {exception.Message}. Check the address and its firewall.",
        exception);

    private static bool IsIn(string name, string zone) =>
        ("." + name.TrimEnd('.')).EndsWith("." + zone.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

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
}

/// <summary>A record that is added (class IN), or deleted: one (class NONE), or all of its type (class ANY).</summary>
internal sealed record DnsChange(int Type, int Class, uint TimeToLive, byte[] Data)
{
    public static DnsChange Add(int type, uint timeToLive, byte[] data) => new(type, DnsTypes.In, timeToLive, data);

    public static DnsChange Delete(int type, byte[] data) => new(type, DnsTypes.None, 0, data);

    public static DnsChange DeleteAll(int type) => new(type, DnsTypes.Any, 0, []);
}
