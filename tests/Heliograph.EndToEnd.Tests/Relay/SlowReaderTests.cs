using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>Back-pressure: unread data stays with its sender.</summary>
public class SlowReaderTests
{
    private const int Megabyte = 1024 * 1024;
    private const int Connections = 4;
    private const long OnOffer = 64L * Megabyte;

    // An eighth of everything on offer. Socket buffers belong to the kernel and do not count here.
    private const long Growth = 32 * Megabyte;

    [Fact(Timeout = Bound.LongTest)]
    public async Task Memory_stays_flat_while_a_client_does_not_read()
    {
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.Source(9, OnOffer));
        await WarmUpAsync(relay, client => TestData.ReadHashAsync(client.Outer, OnOffer, Bound.Token));
        var before = relay.Proxy.ResidentBytes;

        var clients = new List<(TlsInTlsClient Client, StandInConnection Connection, byte[] Hello)>();
        for (var i = 0; i < Connections; i++)
            clients.Add(await relay.ConnectAsync());
        var sent = await Polling.UntilStillAsync(() => clients.Sum(client => client.Connection.Raw.Sent));

        Assert.True(sent < Connections * OnOffer / 2, $"the proxy accepted {sent} bytes that nobody reads");
        var growth = relay.Proxy.ResidentBytes - before;
        Assert.True(growth < Growth, $"the proxy grew by {growth} bytes");
        Assert.Equal(TestData.Hash(9, OnOffer), await TestData.ReadHashAsync(clients[0].Client.Outer, OnOffer, Bound.Token));
        foreach (var (client, _, _) in clients)
            await client.DisposeAsync();
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Memory_stays_flat_while_the_upstream_does_not_read()
    {
        var gate = new TaskCompletionSource();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.After(gate.Task, StandInBehaviour.SinkAsync));
        var before = relay.Proxy.ResidentBytes;

        var clients = new List<(TlsInTlsClient Client, StandInConnection Connection, byte[] Hello)>();
        var sent = new long[Connections];
        var writing = new List<Task>();
        for (var i = 0; i < Connections; i++)
        {
            var at = i;
            clients.Add(await relay.ConnectAsync());
            writing.Add(Task.Run(async () =>
            {
                for (; sent[at] < OnOffer; sent[at] += Megabyte / 4)
                    await clients[at].Client.Outer.WriteAsync(new byte[Megabyte / 4], Bound.Token);
                await clients[at].Client.Outer.ShutdownAsync();
            }, Bound.Token));
        }
        var taken = await Polling.UntilStillAsync(() => sent.Sum());

        Assert.True(taken < Connections * OnOffer / 2, $"the proxy accepted {taken} bytes that nobody reads");
        var growth = relay.Proxy.ResidentBytes - before;
        Assert.True(growth < Growth, $"the proxy grew by {growth} bytes");

        gate.SetResult();
        await Task.WhenAll(writing);
        foreach (var (client, connection, hello) in clients)
        {
            Assert.Null(await connection.Ended.WaitAsync(TimeSpan.FromSeconds(20), Bound.Token));
            Assert.Equal(hello.Length + OnOffer, connection.Raw.Received);
            await client.DisposeAsync();
        }
    }

    // The first connection loads code and fills pools; only after that must memory not grow.
    private static async Task WarmUpAsync(RawRelay relay, Func<TlsInTlsClient, Task> work)
    {
        var (client, _, _) = await relay.ConnectAsync();
        await using (client)
            await work(client);
    }
}
