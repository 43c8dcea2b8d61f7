using System.Text.Json.Serialization.Metadata;
using Heliograph.Platform;

namespace Heliograph.Acme.Storage;

/// <summary>The state in files of this machine. Several of its processes may share them.</summary>
internal sealed class StateFiles(PrivateDirectory directory, TimeProvider timeProvider) : IStateStore
{
    private const string LockName = "lock";

    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(2);

    public bool IsShared => false;

    public bool Exist => directory.Exists;

    /// <exception cref="AcmeException">The directory cannot be created.</exception>
    public void Create() => Guard(() =>
    {
        directory.Create();
        return true;
    });

    public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check) where T : class =>
        Guard(() => directory.Read(name, type, check));

    /// <summary>Hold the lock: otherwise another process's state could be overwritten.</summary>
    public Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        Guard(() =>
        {
            directory.Write(name, value, type);
            return true;
        });
        return Task.CompletedTask;
    }

    /// <summary>Waits while another process holds it, for as long as its order takes.</summary>
    public async Task<IOrderRight?> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Guard(() => directory.TryLock(LockName)) is { } held)
                return new FileLock(held);
            await Task.Delay(LockPoll, timeProvider, cancellationToken);
        }
    }

    /// <exception cref="AcmeException">They cannot be deleted.</exception>
    public void Forget() => Guard(() =>
    {
        directory.Delete();
        return true;
    });

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StorageException exception)
        {
            throw new AcmeException(AcmeFailure.Storage, exception.Message, exception);
        }
    }

    /// <summary>Nobody can take it away.</summary>
    private sealed class FileLock(IDisposable held) : IOrderRight
    {
        public CancellationToken Lost => CancellationToken.None;

        public Task ConfirmAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
