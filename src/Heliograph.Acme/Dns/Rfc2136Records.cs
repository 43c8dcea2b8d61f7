using System.Text;
using Heliograph.Platform.Resolving;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>DNS UPDATE (RFC 2136) signed with TSIG.</summary>
internal sealed class Rfc2136Records : IDnsRecords
{
    private const uint TimeToLive = 60;

    private readonly Rfc2136Server server;
    private readonly SystemResolver resolver;
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
        this.visibility = visibility;
        this.logger = logger;
        server = new Rfc2136Server(options, timeProvider);
    }

    public async Task<IAsyncDisposable> PresentAsync(string name, string value, CancellationToken cancellationToken)
    {
        try
        {
            var place = await FindPlaceAsync(name, cancellationToken);
            await UpdateAsync(place, DnsChange.Add(DnsTypes.Txt, TimeToLive, Text(value)), cancellationToken);
            var cleanup = new Cleanup(() => RemoveAsync(place, value));
            try
            {
                await visibility.WaitAsync(place.Name, value, [server.Endpoint], cancellationToken);
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
            throw server.Silent(exception);
        }
    }

    private async Task RemoveAsync(Place place, string value)
    {
        try
        {
            await UpdateAsync(place, DnsChange.Delete(DnsTypes.Txt, Text(value)), CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or AcmeException)
        {
            logger.RecordLeft(place.Name, exception.Message);
        }
    }

    /// <summary>The authority follows an alias, and looks at its end.</summary>
    private async Task<Place> FindPlaceAsync(string name, CancellationToken cancellationToken)
    {
        var target = await DnsAlias.FollowAsync(name, server.Endpoint, resolver, server.TcpOnly, cancellationToken);
        var described = target == name ? name : $"{target} (of which {name} is an alias)";
        return new(await server.RequireZoneAsync(target, described, isGiven: target == name, cancellationToken), target, described);
    }

    private Task UpdateAsync(Place place, DnsChange change, CancellationToken cancellationToken) =>
        server.UpdateAsync(place.Zone, place.Name, place.Described, [change], cancellationToken);

    private static byte[] Text(string value)
    {
        var text = Encoding.ASCII.GetBytes(value);
        return [(byte)text.Length, .. text];
    }

    /// <summary>Where the record goes.</summary>
    /// <param name="Zone">The zone that is updated.</param>
    /// <param name="Name">The record's name.</param>
    /// <param name="Described">The same, with the alias that leads there.</param>
    private sealed record Place(string Zone, string Name, string Described);
}
