namespace Heliograph.Acme.Dns;

/// <summary>Puts TXT records into a zone and takes them out again.</summary>
internal interface IDnsRecords
{
    /// <param name="name">Fully qualified, with the dot at the end.</param>
    /// <param name="value">Never logged.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Takes the record out when disposed.</returns>
    Task<IAsyncDisposable> PresentAsync(string name, string value, CancellationToken cancellationToken);
}

/// <summary>Runs something when disposed.</summary>
internal sealed class Cleanup(Func<Task> work) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await work();
}
