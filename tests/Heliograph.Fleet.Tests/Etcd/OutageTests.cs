using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Heliograph.Fleet.Etcd;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Fleet.Tests.Etcd;

/// <summary>etcd dies, freezes, forgets, or is not etcd.</summary>
[Trait("Needs", "server")]
public sealed class OutageTests
{
    private const string Prefix = "f1/";

    [Fact(Timeout = Bound.Test)]
    public async Task After_a_kill_the_watch_goes_on_where_it_was_and_51_of_51_events_come()
    {
        await using var server = await EtcdServer.StartAsync();
        using var client = new EtcdClient(SharedEtcd.OptionsFor(server));
        await using var watch = Watch(client);
        Assert.True(await watch.MoveNextAsync());
        Assert.Empty(watch.Current.Whole!);
        await PutAsync(client, "0");
        Assert.True(await watch.MoveNextAsync());
        List<string> values = [.. watch.Current.Events.Select(Value)];

        await server.KillAsync();
        while (watch.Current.Away is null)
            Assert.True(await watch.MoveNextAsync());
        await server.StartAgainAsync();
        // The watch is away and does not look again before it is asked for the next step: all of these are written in its absence.
        for (var number = 1; number <= 50; number++)
            await PutAsync(client, $"{number}");
        while (values.Count < 51)
        {
            Assert.True(await watch.MoveNextAsync());
            values.AddRange(watch.Current.Events.Select(Value));
        }
        Assert.Equal(Enumerable.Range(0, 51).Select(static number => $"{number}"), values);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_store_that_lost_its_data_is_read_anew_and_its_events_come_although_its_revisions_are_lower()
    {
        await using var server = await EtcdServer.StartAsync();
        using var client = new EtcdClient(SharedEtcd.OptionsFor(server));
        await using var watch = Watch(client);
        for (var number = 0; number < 20; number++)
            await PutAsync(client, $"{number}");
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("19", Value(Assert.Single(watch.Current.Whole!)));

        await server.KillAsync();
        server.Wipe();
        await server.StartAgainAsync();
        do
            Assert.True(await watch.MoveNextAsync());
        while (watch.Current.Whole is null);
        Assert.Empty(watch.Current.Whole);
        await PutAsync(client, "new");
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("new", Value(Assert.Single(watch.Current.Events)));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Events_that_were_compacted_away_are_made_up_for_by_reading_everything()
    {
        await using var server = await EtcdServer.StartAsync();
        using var client = new EtcdClient(SharedEtcd.OptionsFor(server));
        await using var watch = Watch(client);
        Assert.True(await watch.MoveNextAsync());
        await server.KillAsync();
        while (watch.Current.Away is null)
            Assert.True(await watch.MoveNextAsync());
        await server.StartAgainAsync();
        for (var number = 0; number < 10; number++)
            await PutAsync(client, $"{number}");
        await server.ControlAsync("compact", "11");
        do
            Assert.True(await watch.MoveNextAsync());
        while (watch.Current.Whole is null);
        Assert.Equal("9", Value(Assert.Single(watch.Current.Whole)));
        // And it follows from there: no circle of watches that are refused.
        do
            Assert.True(await watch.MoveNextAsync());
        while (watch.Current.Whole is null);
        await PutAsync(client, "10");
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("10", Value(Assert.Single(watch.Current.Events)));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_frozen_etcd_is_noticed_by_who_only_watches()
    {
        await using var server = await EtcdServer.StartAsync();
        using var client = new EtcdClient(SharedEtcd.OptionsFor(server) with { AnswerLimit = TimeSpan.FromSeconds(5) });
        await using var watch = Watch(client);
        Assert.True(await watch.MoveNextAsync());
        server.Freeze();
        var stopwatch = Stopwatch.StartNew();
        while (watch.Current.Away is null)
            Assert.True(await watch.MoveNextAsync());
        Assert.InRange(stopwatch.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(60));
        server.Thaw();
        while (watch.Current.Whole is null)
            Assert.True(await watch.MoveNextAsync());
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Of_three_members_one_may_be_lost_and_of_the_rest_none()
    {
        var members = await EtcdServer.StartClusterAsync(3);
        try
        {
            using var client = new EtcdClient(SharedEtcd.OptionsFor([.. members]));
            await using var watch = Watch(client);
            Assert.True(await watch.MoveNextAsync());
            await PutAsync(client, "all three");
            await members[0].KillAsync();
            // An election may be on.
            await Polling.UntilAsync(() => TryPutAsync(client, "two"), TimeSpan.FromSeconds(60), "two of three members take no write");
            var seen = new List<string>();
            while (!seen.Contains("two"))
            {
                Assert.True(await watch.MoveNextAsync());
                seen.AddRange(watch.Current.Events.Select(Value));
            }
            Assert.Equal("all three", seen[0]);

            await members[1].KillAsync();
            var failure = await Assert.ThrowsAsync<FleetException>(() => PutAsync(client, "one"));
            Assert.Equal(FleetFailure.Unreachable, failure.Failure);
            Assert.All(members, member => Assert.Contains($"{member.Clients}: ", failure.Message, StringComparison.Ordinal));
        }
        finally
        {
            foreach (var member in members)
                await member.DisposeAsync();
        }
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_never_answers_costs_its_limit_once_and_the_next_one_is_asked(bool accepts)
    {
        await using var server = await EtcdServer.StartAsync();
        using var accepting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        accepting.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        accepting.Listen();
        using var silent = new SilentListener(new IPEndPoint(IPAddress.Loopback, 0));
        var hole = accepts ? accepting.LocalEndPoint : silent.Endpoint;
        var options = SharedEtcd.OptionsFor(server) with
        {
            Endpoints = [new Uri($"https://{hole}"), server.Endpoint],
            AnswerLimit = TimeSpan.FromSeconds(5),
        };
        using var client = new EtcdClient(options);
        var stopwatch = Stopwatch.StartNew();
        await PutAsync(client, "1");
        Assert.InRange(stopwatch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
        stopwatch.Restart();
        for (var number = 0; number < 20; number++)
            await PutAsync(client, $"{number}");
        // Asked each time, it would cost 50 s.
        Assert.InRange(stopwatch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(40));

        using var alone = new EtcdClient(options with { Endpoints = [new Uri($"https://{hole}")] });
        var failure = await Assert.ThrowsAsync<FleetException>(() => alone.FindAsync("a", Bound.Token));
        Assert.Equal(FleetFailure.Unreachable, failure.Failure);
        Assert.Contains($"{hole}: no ", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_is_no_etcd_is_said_to_be_none()
    {
        using var listener = new HttpListener();
        var endpoint = LoopbackPort.Free();
        listener.Prefixes.Add($"http://{endpoint}/");
        listener.Start();
        using var client = new EtcdClient(new EtcdOptions { Endpoints = [new Uri($"http://{endpoint}")] });
        foreach (var body in (byte[][])[[.. "<html>"u8], [.. "null"u8], new byte[9 * 1024 * 1024]])
        {
            var asked = client.FindAsync("a", Bound.Token);
            var context = await listener.GetContextAsync().WaitAsync(Bound.Token);
            context.Response.ContentLength64 = body.Length;
            try
            {
                await context.Response.OutputStream.WriteAsync(body, Bound.Token);
                context.Response.Close();
            }
            catch (HttpListenerException)
            {
                // It hung up on what is too long.
            }
            var failure = await Assert.ThrowsAsync<FleetException>(() => asked);
            Assert.Contains(
                body.Length > 1000 ? "an answer of more than 8 MB" : "is it etcd 3.4 or 3.5", failure.Message, StringComparison.Ordinal);
        }
    }

    private static IAsyncEnumerator<WatchStep> Watch(EtcdClient client) =>
        new PrefixWatch(client, Prefix, TimeProvider.System).RunAsync(Bound.Token).GetAsyncEnumerator(Bound.Token);

    private static async Task<bool> TryPutAsync(EtcdClient client, string value)
    {
        try
        {
            await PutAsync(client, value);
            return true;
        }
        catch (FleetException exception) when (exception.Failure == FleetFailure.Unreachable)
        {
            return false;
        }
    }

    private static async Task PutAsync(EtcdClient client, string value) => await client.CommitAsync(
        new Transaction { Comparisons = [], Writes = [Write.Put(Prefix + "a", System.Text.Encoding.ASCII.GetBytes(value), 0)] },
        Bound.Token);

    private static string Value(WatchEvent one) => Value(one.Current!);

    private static string Value(KeyValue one) => System.Text.Encoding.ASCII.GetString(one.Value.Span);
}
