using Heliograph.Web.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests.Http;

public sealed class ServedConnectionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task So_many_are_served_at_once_so_many_wait_for_the_end_of_one_and_the_next_is_closed()
    {
        using var served = new SemaphoreSlim(0);
        using var ends = new SemaphoreSlim(0);
        var connections = new ServedConnections(
            async client =>
            {
                served.Release();
                await ends.WaitAsync(client.Deadline);
            },
            TimeProvider.System,
            NullLogger.Instance);
        var dial = DialTo.Server(connections.ServeAsync);
        var clients = new List<IDisposable>();
        for (var i = 0; i < ServedConnections.Most; i++)
        {
            clients.Add(await dial(Cancellation));
            await served.WaitAsync(Cancellation);
        }
        clients.Add(await dial(Cancellation));
        Assert.False(await served.WaitAsync(TimeSpan.FromMilliseconds(100), Cancellation));

        // As many wait as may, and one more, which is closed.
        var waiting = new List<Task<int>>();
        for (var i = 0; i < ServedConnections.MostWaiting; i++)
        {
            var client = await dial(Cancellation);
            clients.Add(client);
            waiting.Add(client.ReceiveAsync(new byte[1], Cancellation).AsTask());
        }
        Assert.Equal(0, await await Task.WhenAny(waiting));
        Assert.Equal(1, waiting.Count(static receiving => receiving.IsCompleted));

        ends.Release();
        await served.WaitAsync(Cancellation);
        await connections.DisposeAsync();
        clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task A_connection_that_comes_after_the_end_is_closed()
    {
        var connections = new ServedConnections(static _ => Task.CompletedTask, TimeProvider.System, NullLogger.Instance);
        await connections.DisposeAsync();
        using var client = await DialTo.Server(connections.ServeAsync)(Cancellation);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Cancellation));
    }
}
