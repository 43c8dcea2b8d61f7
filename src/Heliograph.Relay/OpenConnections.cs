namespace Heliograph.Relay;

/// <summary>Counts the open connections of all loops. From any thread.</summary>
internal sealed class OpenConnections
{
    private readonly TaskCompletionSource none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;
    private volatile bool isAwaited;

    public int Count => Volatile.Read(ref count);

    public void Add() => Interlocked.Increment(ref count);

    public void Remove()
    {
        if (Interlocked.Decrement(ref count) == 0 && isAwaited)
            none.TrySetResult();
    }

    /// <summary>Completes when the last connection has ended; call it once no more are accepted.</summary>
    public Task WaitUntilNoneAsync()
    {
        isAwaited = true;
        // Either this sees that the last connection has ended, or the last connection sees that somebody waits.
        Interlocked.MemoryBarrier();
        if (Count == 0)
            none.TrySetResult();
        return none.Task;
    }
}
