using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>
/// Five machines renew one certificate again and again, for 45 s; HELIOGRAPH_TEST_FLEET_SECONDS=600 makes it ten minutes.
/// </summary>
[Trait("Needs", "server")]
[Trait("Needs", "root")]
public sealed class FleetRenewalTests(ITestOutputHelper output)
{
    private const int CertificateSeconds = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Until the last machine serves what the first one does.</summary>
    private static readonly TimeSpan AllServe = TimeSpan.FromSeconds(2);

    private static TimeSpan Length => TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("HELIOGRAPH_TEST_FLEET_SECONDS") ?? "45", CultureInfo.InvariantCulture));

    [Fact(Timeout = Bound.VeryLongTest)]
    public async Task Each_renewal_of_a_certificate_of_20_seconds_costs_one_order_and_all_five_machines_serve_it_within_two_seconds()
    {
        await using var fleet = await NetworkedFleet.MakeAsync(machines: 5, seconds: CertificateSeconds);
        await fleet.StartAsync();
        var (clock, ends) = (Stopwatch.StartNew(), new CancellationTokenSource());
        var seen = new ConcurrentDictionary<string, ConcurrentDictionary<string, TimeSpan>>(StringComparer.Ordinal);
        var watching = Task.WhenAll(fleet.Machines.Select(machine => WatchAsync(machine, seen, clock, ends.Token)));
        // Not a wait for anything: the machines renew for that long.
        await Task.Delay(Length, Bound.Token);
        // Right after a renewal that has reached all: the next one is seconds away, and nothing is on its way.
        var known = seen.Keys.ToHashSet(StringComparer.Ordinal);
        await Polling.UntilAsync(
            () => seen.Any(one => !known.Contains(one.Key) && one.Value.Count == fleet.Machines.Count),
            TimeSpan.FromSeconds(90),
            "no renewal reaches all machines");
        var (orders, issued) = (AcmeProxy.Orders(fleet.Pebble), fleet.Certificates);
        await ends.CancelAsync();
        var least = (await watching).Min();

        // The first one was there before anybody looked.
        var spreads = seen.Values.Where(static one => one.Values.Min() > LookEvery)
            .Select(static one => one.Values.Max() - one.Values.Min()).Order().ToList();
        output.WriteLine(
            $"{clock.Elapsed.TotalSeconds:0} s: {orders} orders, {issued} certificates, {seen.Count} seen; the last machine served one " +
            $"{spreads[spreads.Count / 2].TotalMilliseconds:0} ms (median) and {spreads[^1].TotalMilliseconds:0} ms (most) after the " +
            $"first, looking every {LookEvery.TotalMilliseconds:0} ms; none was seen with less than {least.TotalSeconds:0.0} s left");
        Assert.True(seen.Count > Length / TimeSpan.FromSeconds(CertificateSeconds), $"{seen.Count} certificates in {Length}");
        Assert.All(seen.Values, one => Assert.Equal(fleet.Machines.Count, one.Count));
        Assert.Equal((seen.Count, seen.Count), (orders, issued));
        Assert.True(spreads[^1] < AllServe, $"the last machine served one {spreads[^1]} after the first");
        Assert.True(least > TimeSpan.Zero, "a certificate was served that had expired");
    }

    /// <returns>The shortest time for which a certificate that was seen was still valid.</returns>
    private static async Task<TimeSpan> WatchAsync(
        FleetMachine machine,
        ConcurrentDictionary<string, ConcurrentDictionary<string, TimeSpan>> seen,
        Stopwatch clock,
        CancellationToken cancellationToken)
    {
        var least = TimeSpan.MaxValue;
        while (!cancellationToken.IsCancellationRequested)
        {
            using var certificate = await machine.Proxy.SeenAsync();
            seen.GetOrAdd(certificate.SerialNumber, static _ => new(StringComparer.Ordinal)).TryAdd(machine.Name, clock.Elapsed);
            var left = certificate.NotAfter - DateTime.Now;
            least = left < least ? left : least;
            // How often it looks, and so how well it knows when a certificate came.
            await Task.Delay(LookEvery, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        return least;
    }
}
