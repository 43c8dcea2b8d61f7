using System.Globalization;
using System.Text;
using Heliograph.Fleet.Etcd;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Fleet.Tests.Etcd;

[Trait("Needs", "server")]
public sealed class EtcdClientTests(SharedEtcd shared)
{
    private readonly string prefix = SharedEtcd.NewPrefix();

    [Fact(Timeout = Bound.Test)]
    public async Task Over_TLS_it_is_HTTP_2_and_without_HTTP_1()
    {
        using var client = shared.Connect();
        Assert.Null(await client.FindAsync(prefix, Bound.Token));
        Assert.Equal(2, client.HttpVersion?.Major);

        await using var plain = await EtcdServer.StartAsync(isPlain: true);
        using var plainClient = new EtcdClient(new EtcdOptions { Endpoints = [plain.Endpoint] });
        Assert.Null(await plainClient.FindAsync(prefix, Bound.Token));
        Assert.Equal(1, plainClient.HttpVersion?.Major);
        await PutAsync(plainClient, "a", "1");
        Assert.Equal("1", Text(await plainClient.FindAsync(prefix + "a", Bound.Token)));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_transaction_writes_all_its_keys_or_none()
    {
        using var client = shared.Connect();
        var first = await PutAsync(client, "a", "1");
        var both = await client.CommitAsync(
            new Transaction
            {
                Comparisons = [Comparison.Modified(prefix + "a", first), Comparison.Absent(prefix + "b")],
                Writes = [Write.Put(prefix + "a", "2"u8.ToArray(), 0), Write.Put(prefix + "b", "2"u8.ToArray(), 0)],
            },
            Bound.Token);
        Assert.True(both.Succeeded);

        var neither = await client.CommitAsync(
            new Transaction
            {
                Comparisons = [Comparison.Modified(prefix + "a", both.Revision), Comparison.Absent(prefix + "b")],
                Writes = [Write.Put(prefix + "a", "3"u8.ToArray(), 0), Write.Delete(prefix + "b")],
                Read = [prefix + "b", prefix + "c"],
            },
            Bound.Token);
        Assert.False(neither.Succeeded);
        Assert.Equal("2", Text(neither.Found[0]));
        Assert.Null(neither.Found[1]);
        Assert.Equal(["2", "2"], (await client.RangeAsync(prefix, Bound.Token)).Found.Select(Text));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_key_that_was_made_again_has_another_creation()
    {
        using var client = shared.Connect();
        var first = await PutAsync(client, "a", "1");
        await client.CommitAsync(new Transaction { Comparisons = [], Writes = [Write.Delete(prefix + "a")] }, Bound.Token);
        var again = await PutAsync(client, "a", "1");
        var stale = await client.CommitAsync(
            new Transaction { Comparisons = [Comparison.Created(prefix + "a", first)], Writes = [Write.Delete(prefix + "a")] },
            Bound.Token);
        Assert.False(stale.Succeeded);
        var fresh = await client.CommitAsync(
            new Transaction { Comparisons = [Comparison.Created(prefix + "a", again)], Writes = [Write.Delete(prefix + "a")] },
            Bound.Token);
        Assert.True(fresh.Succeeded);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_range_longer_than_a_page_is_read_whole()
    {
        using var client = shared.Connect();
        foreach (var page in Enumerable.Range(0, 50).Chunk(25))
        {
            await client.CommitAsync(
                new Transaction
                {
                    Comparisons = [],
                    Writes = [.. page.Select(number => Write.Put($"{prefix}{number:00}", Encoding.ASCII.GetBytes($"{number}"), 0))],
                },
                Bound.Token);
        }
        await PutAsync(client, "", "a neighbour without a name");
        var found = (await client.RangeAsync(prefix, Bound.Token)).Found;
        Assert.Equal(51, found.Count);
        Assert.Equal(Enumerable.Range(0, 50), found.Skip(1).Select(static one => int.Parse(Text(one), CultureInfo.InvariantCulture)));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_key_ends_with_its_lease()
    {
        using var client = shared.Connect();
        var (lease, life) = await client.GrantAsync(TimeSpan.FromSeconds(60), Bound.Token);
        Assert.Equal(60, life.TotalSeconds);
        await client.CommitAsync(
            new Transaction { Comparisons = [], Writes = [Write.Put(prefix + "a", "1"u8.ToArray(), lease)] }, Bound.Token);
        Assert.Equal(lease, (await client.FindAsync(prefix + "a", Bound.Token))?.Lease);
        await client.KeepAliveAsync(lease, Bound.Token);
        await client.RevokeAsync(lease, Bound.Token);
        Assert.Null(await client.FindAsync(prefix + "a", Bound.Token));

        var gone = await Assert.ThrowsAsync<FleetException>(() => client.KeepAliveAsync(lease, Bound.Token));
        Assert.Equal(FleetFailure.LeaseGone, gone.Failure);
        await client.RevokeAsync(lease, Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_write_under_a_lease_that_is_gone_is_refused()
    {
        using var client = shared.Connect();
        var failure = await Assert.ThrowsAsync<FleetException>(() => client.CommitAsync(
            new Transaction { Comparisons = [], Writes = [Write.Put(prefix + "a", "1"u8.ToArray(), lease: 4711)] }, Bound.Token));
        Assert.Equal(FleetFailure.LeaseGone, failure.Failure);
    }

    private async Task<long> PutAsync(EtcdClient client, string key, string value)
    {
        var result = await client.CommitAsync(
            new Transaction { Comparisons = [], Writes = [Write.Put(prefix + key, Encoding.ASCII.GetBytes(value), 0)] }, Bound.Token);
        return result.Revision;
    }

    private static string Text(KeyValue? found) => Encoding.ASCII.GetString(found!.Value.Span);
}
