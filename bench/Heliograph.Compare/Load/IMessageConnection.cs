namespace Heliograph.Compare.Load;

/// <summary>A connection to the upstream whose messages one thread sends and receives, with many others: through a proxy or not.</summary>
internal interface IMessageConnection : IDisposable
{
    int Descriptor { get; }

    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Reads what has arrived; 0: nothing has.</summary>
    int ReadAvailable(Span<byte> buffer);
}
