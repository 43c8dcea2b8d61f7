using System.Net;

namespace Heliograph.Platform;

/// <summary>Asks the system's resolver; a seam for the tests.</summary>
public delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);

/// <summary>The addresses of a host by the system's resolver, which appends no search domain to a name with a dot.</summary>
public static class HostAddresses
{
    private const string HostsFile = "/etc/hosts";
    private const int MaxHostsLines = 100_000;

    public static Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) =>
        Dns.GetHostAddressesAsync(Absolute(host, HostsFile), cancellationToken);

    /// <summary>
    /// A final dot makes a name absolute: otherwise <c>search</c> and <c>ndots</c> in resolv.conf(5) come first. The names in
    /// /etc/hosts have none, and glibc compares them as they are.
    /// </summary>
    internal static string Absolute(string host, string hostsFile) =>
        !host.Contains('.', StringComparison.Ordinal) || host.EndsWith('.') || IPAddress.TryParse(host, out _) || IsIn(hostsFile, host)
            ? host
            : host + ".";

    private static bool IsIn(string hostsFile, string host)
    {
        try
        {
            return File.ReadLines(hostsFile).Take(MaxHostsLines).Any(line =>
                line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Skip(1)
                    .Contains(host, StringComparer.OrdinalIgnoreCase));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // glibc does without it, too.
            return false;
        }
    }
}
