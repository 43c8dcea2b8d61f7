using System.Net;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform.Resolving;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>Waits until the name servers that the authority will ask show a new record, so that it does not check too early.</summary>
internal sealed class DnsVisibility
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<IPEndPoint> configured;
    private readonly TimeSpan timeout;
    private readonly SystemResolver resolver;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    public DnsVisibility(DnsOptions options, SystemResolver resolver, TimeProvider timeProvider, ILogger logger)
    {
        configured = [.. options.VisibleAt.Select(text => DnsServer.TryParse(text, out var server) ? server : null).OfType<IPEndPoint>()];
        timeout = options.VisibleTimeout;
        this.resolver = resolver;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <summary>Returns when every server shows the value, or after the timeout: then the authority decides.</summary>
    public async Task WaitAsync(string name, string value, IReadOnlyList<IPEndPoint> known, CancellationToken cancellationToken)
    {
        var servers = configured.Count > 0 ? configured : known;
        if (known.Count == 0)
            name = await DnsAlias.FollowAsync(name, server: null, resolver, tcpOnly: false, cancellationToken);
        if (servers.Count == 0)
            servers = await AuthoritativeServers.FindAsync(name, resolver, cancellationToken);
        if (servers.Count == 0)
        {
            logger.NameServersUnknown(name);
            return;
        }

        var expected = Encoding.ASCII.GetBytes(value);
        var start = timeProvider.GetTimestamp();
        var missing = servers;
        for (
            var pause = FirstPause;
            timeProvider.GetElapsedTime(start) < timeout;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var shown = await Task.WhenAll(missing.Select(server => ShowsAsync(server, name, expected, cancellationToken)));
            missing = [.. missing.Where((_, index) => !shown[index])];
            if (missing.Count == 0)
                return;
            await Task.Delay(pause, timeProvider, cancellationToken);
        }

        logger.RecordNotVisible(timeout, name, string.Join(", ", missing));
    }

    private static async Task<bool> ShowsAsync(IPEndPoint server, string name, byte[] expected, CancellationToken cancellationToken)
    {
        try
        {
            var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            var answer = await DnsExchange.AskAsync(
                server, DnsWriter.Query(id, name, DnsTypes.Txt, recursive: false), tcpOnly: false, cancellationToken);
            return DnsAnswer
                .Parse(answer)!
                .Answers.Any(record => record.Type == DnsTypes.Txt && record.Data.AsSpan().SequenceEqual(expected));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
