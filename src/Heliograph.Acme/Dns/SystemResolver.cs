using System.Net;

namespace Heliograph.Acme.Dns;

/// <summary>The name server that this machine asks.</summary>
internal static class SystemResolver
{
    private const string ResolverFile = "/etc/resolv.conf";

    /// <summary>The first of resolv.conf(5); null if there is none.</summary>
    public static IPEndPoint? Find()
    {
        try
        {
            return File.ReadLines(ResolverFile)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", ..])
                .Select(words => words.Length > 1 && IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null)
                .FirstOrDefault(server => server is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
