namespace Heliograph.Acme.Dns;

/// <summary>Adds TXT records to a zone and removes them again.</summary>
internal interface IDnsRecords
{
    /// <param name="name">Fully qualified, with the trailing dot.</param>
    /// <param name="value">Never logged.</param>
    /// <param name="cancellationToken">Cancels the change.</param>
    /// <returns>Removes the record when disposed.</returns>
    Task<IAsyncDisposable> PresentAsync(string name, string value, CancellationToken cancellationToken);
}

/// <summary>Runs something when disposed.</summary>
internal sealed class Cleanup(Func<Task> work) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await work();
}
