using Heliograph.Tls13.Session;

namespace Heliograph.Tls13.Tests.Session;

/// <summary>Keeps what a session sends, one entry for each call.</summary>
internal sealed class RecordedSink : IRecordSink
{
    private readonly List<byte[]> sent = [];

    /// <summary>Whether the connection has broken.</summary>
    public bool IsBroken { get; set; }

    public IReadOnlyList<byte[]> Sent => sent;

    public bool Send(ReadOnlySpan<byte> records)
    {
        if (!IsBroken)
            sent.Add(records.ToArray());
        return !IsBroken;
    }
}
