using Heliograph.Testing.Wire;

namespace Heliograph.EndToEnd.Tests.Padding;

/// <summary>Packets in a row of the same direction.</summary>
internal readonly record struct Flight(bool IsUp, int Packets, int Bytes);

internal static class Flights
{
    /// <param name="packets">In their order.</param>
    /// <param name="overhead">Bytes of each packet that do not count.</param>
    public static List<Flight> Of(IEnumerable<Packet> packets, int overhead = 0)
    {
        var flights = new List<Flight>();
        foreach (var packet in packets)
        {
            if (flights is not [.., var last] || last.IsUp != packet.IsUp)
                flights.Add(last = new Flight(packet.IsUp, 0, 0));
            flights[^1] = last with { Packets = last.Packets + 1, Bytes = last.Bytes + packet.Length - overhead };
        }
        return flights;
    }
}
