namespace Heliograph.Tls13.Session;

/// <summary>Where a <see cref="Tls13Session"/> sends its records: a socket, or whatever stands for one.</summary>
public interface IRecordSink
{
    /// <summary>Sends whole records, after those of the calls before.</summary>
    /// <param name="records">Valid during the call only.</param>
    /// <returns>False: the connection is broken.</returns>
    bool Send(ReadOnlySpan<byte> records);
}
