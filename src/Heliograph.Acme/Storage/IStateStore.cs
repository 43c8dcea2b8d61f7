using System.Text.Json.Serialization.Metadata;

namespace Heliograph.Acme.Storage;

/// <summary>
/// Where the state of the certificate and of the accounts is kept: in files of this machine, or in a place that several machines share.
/// Each failure is an <see cref="AcmeException"/>.
/// </summary>
public interface IStateStore
{
    /// <summary>
    /// Other machines read and write it too: what cannot be written there is not begun, and what another machine wrote wins.
    /// </summary>
    bool IsShared { get; }

    /// <param name="name">Of a document: <see cref="CertificateManager.CertificateDocument"/>, or an account's.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="check">Names the defect in a value that parses; null if it has none.</param>
    /// <returns>What this machine knows of it; null if it is missing or damaged.</returns>
    /// <exception cref="AcmeException">It cannot be read.</exception>
    T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check)
        where T : class;

    /// <exception cref="AcmeException">
    /// It cannot be written (<see cref="AcmeFailure.Storage"/>, <see cref="AcmeFailure.Away"/>), or another machine has written since
    /// (<see cref="AcmeFailure.Superseded"/>).
    /// </exception>
    Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken);

    /// <summary>Takes the right to order. Once it is there, what can be read is what the last holder wrote.</summary>
    /// <returns>Null: another machine has it, and is better waited for than asked again at once.</returns>
    /// <exception cref="AcmeException">It cannot be asked for (<see cref="AcmeFailure.Away"/>).</exception>
    Task<IOrderRight?> LockAsync(CancellationToken cancellationToken);
}

/// <summary>The right to order, until it is disposed of or lost.</summary>
public interface IOrderRight : IAsyncDisposable
{
    /// <summary>Cancelled when another machine may have it: nothing more may be done under it.</summary>
    CancellationToken Lost { get; }

    /// <summary>Asked before each step that an authority counts.</summary>
    /// <exception cref="AcmeException">It is lost (<see cref="AcmeFailure.Superseded"/>), or that cannot be told.</exception>
    Task ConfirmAsync(CancellationToken cancellationToken);
}
