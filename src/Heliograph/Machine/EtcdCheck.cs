using System.Globalization;
using System.Net;
using Heliograph.Relay.Upstream;

namespace Heliograph.Machine;

/// <summary>
/// Whether an etcd on this machine listens where strangers can come from. Who listens is public on a machine (proc_pid_net(5)), but not
/// what a firewall lets through.
/// </summary>
internal static class EtcdCheck
{
    public const string Name = "etcd";

    private const string Listening = "0A";
    private const string Program = "etcd";

    /// <summary>For clients, and for etcd's other members.</summary>
    private static readonly int[] Ports = [2379, 2380];

    private static readonly string[] Tables = ["net/tcp", "net/tcp6"];

    /// <returns>Null: no etcd listens at a public address, as far as this user may know.</returns>
    public static Finding? Find(string proc = "/proc")
    {
        IPEndPoint[] open =
        [
            .. Tables.SelectMany(table => Listeners(Path.Combine(proc, table)))
                .Where(static endpoint => Ports.Contains(endpoint.Port) && IsOpen(endpoint.Address))
                .Where(endpoint => IsEtcd(endpoint.Port, proc))
                .Distinct()
                .OrderBy(static endpoint => endpoint.Port),
        ];
        return open.Length == 0 ? null : new(
            Name,
            Severity.Warning,
            $"etcd listens at {string.Join(" and ", open.Select(static endpoint => endpoint.ToString()))}",
            "Let it listen at a private address or on loopback only (listen-client-urls, listen-peer-urls), or make sure that a firewall " +
            $"closes the port to all but the fleet's machines: {OperatingPages.Directory}/fleet.md, \"Hide etcd\".");
    }

    /// <summary>Who holds a port, only root sees, and not what is in a container; without that, the port says it.</summary>
    private static bool IsEtcd(int port, string proc) =>
        PortHolders.Find(port, proc) is not { Count: > 0 } holders
        || holders.Any(static holder =>
            holder.Program.StartsWith(Program, StringComparison.Ordinal) || holder.IsUnknown || holder.IsOfContainer);

    private static bool IsOpen(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        || AddressGuard.IsPublic(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>"sl local_address rem_address st ...": the address in words of 4 bytes, each in the machine's order.</summary>
    private static IEnumerable<IPEndPoint> Listeners(string table)
    {
        foreach (var line in Lines(table))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, Listening, ..]
                && local.Split(':') is [{ Length: 8 or 32 } address, var port]
                && int.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
                && number <= IPEndPoint.MaxPort)
                yield return new IPEndPoint(ReadAddress(address), number);
        }
    }

    private static IPAddress ReadAddress(string words)
    {
        var bytes = Convert.FromHexString(words);
        if (BitConverter.IsLittleEndian)
        {
            for (var word = 0; word < bytes.Length; word += 4)
                bytes.AsSpan(word, 4).Reverse();
        }
        return new IPAddress(bytes);
    }

    private static List<string> Lines(string table)
    {
        try
        {
            return [.. File.ReadLines(table).Skip(1)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
