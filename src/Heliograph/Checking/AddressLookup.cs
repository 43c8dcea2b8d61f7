using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Platform;

namespace Heliograph.Checking;

/// <summary>The addresses of the proxy, and what DNS answered for it.</summary>
/// <param name="Addresses">Those to try.</param>
/// <param name="Steps">One for each family, or one for all.</param>
/// <param name="IsSilent">No DNS server answered, so the fault may be on this machine.</param>
internal sealed record AddressLookup(IReadOnlyList<IPAddress> Addresses, IReadOnlyList<CheckStep> Steps, bool IsSilent)
{
    /// <summary>As many as the relay tries for an upstream.</summary>
    private const int MostAddresses = 8;

    public static async Task<AddressLookup> RunAsync(CheckOptions options, CheckClock clock)
    {
        var proxy = options.Proxy;
        if (proxy.Literal is { } literal)
            return new([literal], [], IsSilent: false);
        if (options.Resolve.TryGetValue(proxy.Host, out var given))
        {
            var step = new CheckStep
            {
                Step = Checking.Steps.Dns,
                Subject = proxy.Host,
                Outcome = "given",
                Severity = Severity.Ok,
                Seen = $"{string.Join(", ", given)} (--resolve)",
            };
            return new(given, [step], IsSilent: false);
        }
        var families = await Task.WhenAll(
            ResolveFamilyAsync(proxy.Host, AddressFamily.InterNetwork, clock),
            ResolveFamilyAsync(proxy.Host, AddressFamily.InterNetworkV6, clock));
        IReadOnlyList<IPAddress> all = [.. families.SelectMany(static family => family.Addresses)];
        return new(
            [.. all.Take(MostAddresses)],
            CreateSteps(proxy.Host, families, all.Count),
            all.Count == 0 && families.Any(static family => family.IsSilent));
    }

    /// <summary>
    /// The addresses of a host other than the proxy: literal, given, or from DNS. Empty: it has none, or no DNS server answers.
    /// </summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(ProxyAddress host, CheckOptions options, CheckClock clock) =>
        (await RunAsync(options with { Proxy = host }, clock)).Addresses;

    private static List<CheckStep> CreateSteps(string host, Family[] families, int found)
    {
        var steps = new List<CheckStep>();
        foreach (var family in families)
        {
            var record = family.Kind == AddressFamily.InterNetwork ? "A" : "AAAA";
            var step = new CheckStep
            {
                Step = Checking.Steps.Dns,
                Subject = record,
                Outcome = "resolved",
                Severity = Severity.Ok,
                Seen = "",
                TookMs = family.TookMs,
            };
            if (family.Addresses.Count > 0)
                steps.Add(
                    step with
                    {
                        Seen =
                            string.Join(", ", family.Addresses.Take(MostAddresses)) +
                            (family.Addresses.Count > MostAddresses ? ", and more (not tried)" : ""),
                    });
            else if (family.IsSilent)
                steps.Add(
                    step with
                    {
                        Outcome = Trouble.NoAnswer,
                        Severity = found > 0 ? Severity.Warning : Severity.Failure,
                        Seen = "no DNS server answers for this name",
                        Remedy = SilentRemedy(host),
                    });
            else if (found == 0)
                steps.Add(
                    step with
                    {
                        Outcome = "no_such_name",
                        Severity = Severity.Failure,
                        Seen = "no such record",
                        Remedy = $"correct the name, or create an A record for {host} with the address of the proxy",
                    });
            else
                steps.Add(
                    step with
                    {
                        Outcome = "none",
                        Severity = Severity.Note,
                        Seen = family.Kind == AddressFamily.InterNetwork ? "none: IPv4-only clients cannot connect" : "none",
                    });
        }
        return steps;
    }

    private static string SilentRemedy(string host) =>
        $"check the name servers of {host} (\"dig +trace {host}\"): other names do resolve from here";

    private static async Task<Family> ResolveFamilyAsync(string host, AddressFamily kind, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        try
        {
            var addresses = await clock.RunAsync(cancellationToken => AbsoluteName.ResolveAsync(host, kind, cancellationToken));
            return new(kind, [.. addresses.Distinct()], IsSilent: false, clock.Since(started));
        }
        catch (SocketException exception)
        {
            return new(kind, [], IsSilent: !AbsoluteName.IsMissing(exception), clock.Since(started));
        }
        catch (TimeoutException)
        {
            return new(kind, [], IsSilent: true, clock.Since(started));
        }
    }

    private sealed record Family(AddressFamily Kind, IReadOnlyList<IPAddress> Addresses, bool IsSilent, double TookMs);
}
