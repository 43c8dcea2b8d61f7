using System.Text.Json.Serialization.Metadata;
using Heliograph.Platform;

namespace Heliograph.Acme.Storage;

/// <summary>The library's files; a failure is an <see cref="AcmeException"/>, like every other failure here.</summary>
internal sealed class StateFiles(PrivateDirectory directory)
{
    /// <exception cref="AcmeException">The directory cannot be created.</exception>
    public void Create() => Guard(() =>
    {
        directory.Create();
        return true;
    });

    /// <exception cref="AcmeException">The file cannot be read.</exception>
    public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check) where T : class =>
        Guard(() => directory.Read(name, type, check));

    /// <exception cref="AcmeException">The file cannot be written.</exception>
    public void Write<T>(string name, T value, JsonTypeInfo<T> type) => Guard(() =>
    {
        directory.Write(name, value, type);
        return true;
    });

    /// <exception cref="AcmeException">The lock file cannot be created.</exception>
    public IDisposable? TryLock(string name) => Guard(() => directory.TryLock(name));

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
}
