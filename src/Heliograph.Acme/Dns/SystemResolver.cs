using System.Net;
using Heliograph.Platform.Resolving;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>The name servers that this machine asks: those that its file names at that time, in this order.</summary>
internal sealed class SystemResolver
{
    private const string ResolverFile = "/etc/resolv.conf";

    /// <summary>MAXNS of resolv.conf(5).</summary>
    private const int MaxServers = 3;

    private readonly Func<IReadOnlyList<IPEndPoint>> find;
    private readonly ILogger logger;

    public SystemResolver(ILogger logger) : this(static () => Read(ResolverFile), logger)
    {
    }

    /// <param name="find">The name servers.</param>
    /// <param name="logger">Logs which of them does not answer.</param>
    internal SystemResolver(Func<IReadOnlyList<IPEndPoint>> find, ILogger logger)
    {
        this.find = find;
        this.logger = logger;
    }

    /// <summary>The first answer that is no failure, or else the last failure; null: there is no answer.</summary>
    public async Task<DnsAnswer?> AskAsync(byte[] question, CancellationToken cancellationToken)
    {
        DnsAnswer? last = null;
        foreach (var server in find())
        {
            try
            {
                last = DnsAnswer.Parse(await DnsExchange.AskAsync(server, question, tcpOnly: false, cancellationToken))!;
                // NOERROR or NXDOMAIN (RFC 1035 section 4.1.1).
                if (last.ResponseCode is 0 or 3)
                    return last;
                logger.ResolverFailed(server, $"response code {last.ResponseCode}");
            }
            catch (IOException exception)
            {
                logger.ResolverFailed(server, exception.Message);
            }
        }
        return last;
    }

    /// <param name="file">In the format of resolv.conf(5).</param>
    internal static IReadOnlyList<IPEndPoint> Read(string file)
    {
        try
        {
            return [.. File.ReadLines(file)
                .Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(static words => words is ["nameserver", _, ..])
                .Select(static words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null)
                .OfType<IPEndPoint>()
                .Take(MaxServers)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
