using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>Waits until the name servers that the authority will ask show a new record, so that it does not look too early.</summary>
internal sealed class DnsVisibility
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<IPEndPoint> configured;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    public DnsVisibility(DnsOptions options, TimeProvider clock, ILogger logger)
    {
        configured = [.. options.VisibleAt.Select(text => DnsServer.TryParse(text, out var server) ? server : null).OfType<IPEndPoint>()];
        timeout = options.VisibleTimeout;
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>Returns when every server shows the value, or when the time is up: the authority then decides.</summary>
    public async Task WaitAsync(string name, string value, IReadOnlyList<IPEndPoint> known, CancellationToken stop)
    {
        var servers = configured.Count > 0 ? configured : known;
        if (servers.Count == 0)
            servers = await AuthoritativeServers.FindAsync(name, stop);
        if (servers.Count == 0)
        {
            logger.NameServersUnknown(name);
            return;
        }

        var expected = Encoding.ASCII.GetBytes(value);
        var start = clock.GetTimestamp();
        var missing = servers;
        for (var pause = FirstPause; clock.GetElapsedTime(start) < timeout; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var shown = await Task.WhenAll(missing.Select(server => ShowsAsync(server, name, expected, stop)));
            missing = [.. missing.Where((_, index) => !shown[index])];
            if (missing.Count == 0)
                return;
            await Task.Delay(pause, clock, stop);
        }

        logger.RecordNotVisible(timeout, name, string.Join(", ", missing));
    }

    private static async Task<bool> ShowsAsync(IPEndPoint server, string name, byte[] expected, CancellationToken stop)
    {
        try
        {
            var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            var answer = await DnsExchange.AskAsync(server, DnsWriter.Query(id, name, DnsTypes.Txt, recursive: false), tcpOnly: false, stop);
            return DnsAnswer.Parse(answer)!.Answers.Any(record => record.Type == DnsTypes.Txt && record.Data.AsSpan().SequenceEqual(expected));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
