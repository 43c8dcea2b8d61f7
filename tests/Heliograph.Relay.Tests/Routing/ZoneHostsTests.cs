using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Routing;

[Collection(nameof(Alone))]
public sealed class ZoneHostsTests : IDisposable
{
    private const string New = "svr9.signal.org";

    private static readonly IPAddress Public = IPAddress.Parse("8.8.4.4");

    private static readonly RouteTable Table =
        RouteTable.Create(["signal"], new Dictionary<string, UpstreamEndpoint>(), ["signal.org"], HostList.BuiltIn);

    private readonly ManualTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private readonly List<string> asked = [];
    private readonly NameCache cache;
    private readonly ZoneHosts hosts;
    private Func<string, IPAddress[]> dns = static name =>
        name == New ? [Public] : throw new SocketException((int)SocketError.HostNotFound);

    public ZoneHostsTests()
    {
        cache = new NameCache(ResolveAsync, time);
        hosts = new ZoneHosts(ResolveAsync, cache, time);
    }

    public void Dispose()
    {
        hosts.Dispose();
        cache.Dispose();
    }

    [Fact]
    public async Task The_first_connection_gets_the_decoy_at_once_and_the_next_is_relayed_to_the_host_itself()
    {
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();

        Assert.Equal(new Route(New, new UpstreamEndpoint.Tcp(New, 443), PublicOnly: true), hosts.Find(Table, New));
        Assert.Equal([New], hosts.Found.Select(static route => route.Name));
        // What it is dialled at is known already.
        Assert.Equal([Public], await cache.FindAsync(New, TimeSpan.Zero));
        // Beside the name only one that was made up was asked for.
        Assert.Equal(2, asked.Count);
        Assert.Matches(@"\A[a-z]{16}\.signal\.org\z", asked[1]);
    }

    [Fact]
    public async Task While_DNS_does_not_answer_nobody_waits_for_it()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        using var names = new NameCache((_, _) => never.Task, time);
        using var silent = new ZoneHosts((_, _) => never.Task, names, time);
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(silent.Find(Table, New));
            time.Advance(TimeSpan.FromSeconds(1));
        }
        never.SetResult([]);
        await Polling.UntilAsync(() => !silent.IsAsking, Bound.Prompt, "the question was never answered");
    }

    [Fact]
    public async Task Where_DNS_has_an_answer_for_every_name_none_is_found_and_the_operator_can_be_told()
    {
        dns = static _ => [Public];
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        Assert.Null(hosts.Find(Table, New));
        Assert.Empty(hosts.Found);
        Assert.Equal("signal.org", hosts.MadeUpUnder);

        // A wildcard below the zone is one as well.
        time.Advance(ZoneHosts.Pause);
        dns = static name => name.EndsWith(".voip.signal.org", StringComparison.Ordinal)
            ? [Public]
            : throw new SocketException((int)SocketError.HostNotFound);
        Assert.Null(hosts.Find(Table, "a.voip.signal.org"));
        await LookedUpAsync();
        Assert.Null(hosts.Find(Table, "a.voip.signal.org"));
        Assert.Equal("voip.signal.org", hosts.MadeUpUnder);
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("fd00::1")]
    public async Task A_private_answer_finds_nothing(string address)
    {
        dns = _ => [IPAddress.Parse(address)];
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        Assert.Null(hosts.Find(Table, New));
        Assert.Empty(hosts.Found);
        Assert.Equal([New], asked);
    }

    [Fact]
    public async Task A_name_that_was_not_found_is_asked_for_again_after_an_hour()
    {
        dns = static _ => throw new SocketException((int)SocketError.HostNotFound);
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Null(hosts.Find(Table, New));
        Assert.False(hosts.IsAsking);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        Assert.Equal([New, New], asked);
    }

    [Fact]
    public async Task A_question_without_an_answer_counts_against_no_name()
    {
        dns = static _ => throw new SocketException((int)SocketError.TryAgain);
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        Assert.Equal(0, hosts.Count);
        dns = static name => name == New ? [Public] : throw new SocketException((int)SocketError.HostNotFound);
        time.Advance(ZoneHosts.Pause);
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        Assert.NotNull(hosts.Find(Table, New));
    }

    [Fact]
    public async Task A_host_that_no_longer_exists_gets_the_decoy_without_a_wait_and_is_relayed_when_it_is_back()
    {
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        dns = static _ => throw new SocketException((int)SocketError.HostNotFound);
        time.Advance(NameCache.FreshFor);
        hosts.Find(Table, New);
        await Polling.UntilAsync(() => hosts.Find(Table, New) is null, Bound.Prompt, "it is relayed still");
        dns = static _ => [Public];
        time.Advance(NameCache.FreshFor);
        hosts.Find(Table, New);
        await Polling.UntilAsync(() => hosts.Find(Table, New) is not null, Bound.Prompt, "it is not relayed again");
    }

    [Fact]
    public async Task Ten_thousand_made_up_names_a_second_cost_one_question_a_second_and_no_memory()
    {
        await FloodAsync(seconds: 40);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        asked.Clear();
        await FloodAsync(seconds: 60);
        Assert.InRange(asked.Count, 1, 60);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 200_000);
        Assert.Equal(ZoneHosts.MostNames, hosts.Count);
    }

    [Fact]
    public async Task A_flood_takes_no_host_away_that_was_found()
    {
        Assert.Null(hosts.Find(Table, New));
        await LookedUpAsync();
        await FloodAsync(seconds: 80);
        Assert.NotNull(hosts.Find(Table, New));
    }

    [Fact]
    public async Task At_most_32_hosts_are_found()
    {
        dns = static name => name.StartsWith('h') && name.Length < 16 ? [Public] : throw new SocketException((int)SocketError.HostNotFound);
        for (var i = 0; i < ZoneHosts.MostNames + 8; i++)
        {
            Assert.Null(hosts.Find(Table, $"h{i}.signal.org"));
            await LookedUpAsync();
            time.Advance(ZoneHosts.Pause);
        }
        Assert.Equal(ZoneHosts.MostNames, hosts.Count);
        Assert.NotNull(hosts.Find(Table, "h0.signal.org"));
        Assert.Null(hosts.Find(Table, $"h{ZoneHosts.MostNames}.signal.org"));
        Assert.False(hosts.IsAsking);
    }

    [Theory]
    [InlineData("svr9.signal.org")]
    [InlineData("grpc2.chat.signal.org")]
    public void One_or_two_labels_under_the_zone_may_be_a_host(string name) => Assert.True(Table.IsInZone(name));

    [Theory]
    [InlineData("signal.org")]
    [InlineData("a.b.c.signal.org")]
    [InlineData("svr9.signal.org.example.org")]
    [InlineData("notsignal.org")]
    [InlineData("a.notsignal.org")]
    [InlineData("_dmarc.signal.org")]
    [InlineData("www.signal.org")]
    [InlineData("support.signal.org")]
    [InlineData("community.signal.org")]
    [InlineData("status.signal.org")]
    [InlineData("blog.signal.org")]
    [InlineData("img.blog.signal.org")]
    public void Any_other_name_is_none(string name) => Assert.False(Table.IsInZone(name));

    private async Task FloodAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            for (var i = 0; i < 10_000; i++)
                Assert.Null(hosts.Find(Table, $"x{Random.Shared.Next():x8}.signal.org"));
            await LookedUpAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Waits until the name that is looked up is known to exist or not; the clock goes on where a pause needs it.</summary>
    private Task LookedUpAsync() => Polling.UntilAsync(
        () =>
        {
            if (hosts.IsAsking)
                time.Advance(ZoneHosts.Pause);
            return !hosts.IsAsking;
        },
        Bound.Prompt,
        "the question was never answered");

    private Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        asked.Add(name);
        try
        {
            return Task.FromResult(dns(name));
        }
        catch (SocketException exception)
        {
            return Task.FromException<IPAddress[]>(exception);
        }
    }
}
