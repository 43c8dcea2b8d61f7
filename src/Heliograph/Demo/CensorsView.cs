using Heliograph.Tls13.Hello;

namespace Heliograph.Demo;

/// <summary>What the wire reveals between the clients and the proxy.</summary>
internal sealed record CensorsView
{
    public required int Connections { get; init; }

    /// <summary>The hello of each connection; null if its first bytes are something else.</summary>
    public required IReadOnlyList<ClientHello?> Hellos { get; init; }

    public required IReadOnlyList<TlsRecord> Up { get; init; }

    public required IReadOnlyList<TlsRecord> Down { get; init; }

    /// <summary>Of everything in the application-data records, in bits per byte.</summary>
    public required double Entropy { get; init; }

    /// <summary>The same for the messages before encryption.</summary>
    public required double EntropyBefore { get; init; }

    /// <exception cref="InvalidDataException">The wire carries something other than TLS.</exception>
    public static CensorsView FromExchanges(IReadOnlyList<Exchange> exchanges)
    {
        IReadOnlyList<TlsRecord> up = [.. exchanges.SelectMany(static exchange => TlsRecord.ReadAll(exchange.Wire.Up))];
        IReadOnlyList<TlsRecord> down = [.. exchanges.SelectMany(static exchange => TlsRecord.ReadAll(exchange.Wire.Down))];
        return new CensorsView
        {
            Connections = exchanges.Count,
            Hellos =
            [
                .. exchanges.Select(static exchange =>
                    ClientHelloReader.Read(exchange.Wire.Up, out var hello) == HelloStatus.Hello ? hello : null),
            ],
            Up = up,
            Down = down,
            Entropy = Demo.Entropy.BitsPerByte(
                up.Concat(down).Where(static record => record.Type == TlsRecord.ApplicationData).Select(static record => record.Fragment)),
            EntropyBefore = Demo.Entropy.BitsPerByte(exchanges.Select(static exchange => (ReadOnlyMemory<byte>)exchange.Message)),
        };
    }
}
