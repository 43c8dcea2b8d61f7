namespace Heliograph.Fleet.Tests;

/// <summary>Something that runs until the test is over; a failure of it is the test's.</summary>
internal sealed class Running : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task task;

    public Running(Func<CancellationToken, Task> run) => task = run(stop.Token);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        stop.Dispose();
    }
}
