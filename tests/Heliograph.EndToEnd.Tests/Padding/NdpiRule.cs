using Heliograph.Testing.Wire;

namespace Heliograph.EndToEnd.Tests.Padding;

/// <summary>
/// nDPI's rule for a TLS handshake within TLS (4.11 and later, src/lib/protocols/tls.c): four flights after the client's
/// ChangeCipherSpec, whose lengths lie near those of a handshake by Firefox with TLS 1.2 or 1.3, or by Chrome.
/// </summary>
internal static class NdpiRule
{
    /// <summary>Bytes that TLS around it is thought to add to each packet, and the packets that are looked at.</summary>
    private const int Overhead = 24, MostPackets = 26;

    private static readonly Model[] Models =
    [
        new(
            "TLS 1.2", Least: 0, Distance: 3.5, Mean: [212.883690341977, 4514.71195039459, 107.770762871101, 307.580232995115],
            [
                [0.000292421113167604, 4.43677617831228E-07, -5.69966093492813E-05, -2.18124698406311E-06],
                [4.43677617831228E-07, 5.98954952745268E-07, -3.59798436724817E-07, 5.71638172955893E-07],
                [-5.69966093492813E-05, -3.59798436724817E-07, 0.00076893788148309, 2.22278496185964E-05],
                [-2.18124698406311E-06, 5.71638172955893E-07, 2.22278496185964E-05, 5.72770077086287E-05],
            ]),
        new(
            "TLS 1.3", Least: 517, Distance: 3, Mean: [640.657378447541, 4649.30338356554, 448.408302530566, 1094.2013079329],
            [
                [3.08030337925007E-05, 1.16179172096944E-07, 1.05356744968627E-07, 3.8862884355278E-08],
                [1.16179172096944E-07, 6.93179117519316E-07, 2.77413220880937E-08, -3.63723200682445E-09],
                [1.05356744968627E-07, 2.77413220880937E-08, 1.0260950589675E-06, -1.08769813590053E-08],
                [3.88628843552779E-08, -3.63723200682445E-09, -1.08769813590053E-08, 8.63307792288604E-08],
            ]),
        new(
            "Chrome", Least: 0, Distance: 3, Mean: [1850.43045387994, 4903.07735480722, 785.25280624695, 1051.22303562714],
            [
                [6.72374390966642E-06, -2.32109583941723E-08, 6.67140014394388E-08, 1.2526322628285E-08],
                [-2.32109583941723E-08, 5.64668947932086E-07, 4.58963631972597E-08, 6.41254684791958E-09],
                [6.67140014394388E-08, 4.58963631972597E-08, 6.04057768431344E-07, -9.1507432597718E-10],
                [1.2526322628285E-08, 6.41254684791958E-09, -9.1507432597718E-10, 1.01184796635481E-07],
            ]),
    ];

    /// <returns>Whether any four flights in a row, the first of them the client's, look like a handshake.</returns>
    public static bool Finds(IReadOnlyList<Packet> packets)
    {
        var seen = packets
            .SkipWhile(static packet => !packet.IsUp || !packet.BeginsWithChangeCipherSpec).Skip(1).Take(MostPackets).ToList();
        // What begins with the server, or has a packet too small to carry anything in TLS, is not looked at.
        if (seen.FindIndex(static packet => packet.Length < Overhead) is >= 0 and var small)
            seen.RemoveRange(small, seen.Count - small);
        if (seen is not [{ IsUp: true }, ..])
            return false;
        var flights = Flights.Of(seen, Overhead);
        // A flight is known to be whole once the next one begins.
        return Enumerable.Range(0, Math.Max(0, flights.Count - 4)).Any(first =>
            flights[first] is { IsUp: true, Packets: <= 3 }
            && Array.Exists(Models, model => model.Fits([.. flights.Skip(first).Take(4).Select(static flight => (double)flight.Bytes)])));
    }

    /// <param name="Name">Whose handshakes it was made from.</param>
    /// <param name="Least">The shortest first flight that counts.</param>
    /// <param name="Distance">The Mahalanobis distance below which flights fit.</param>
    /// <param name="Mean">The lengths of the flights, on average.</param>
    /// <param name="InverseCovariance">How far each of them, and each pair, varies.</param>
    private sealed record Model(string Name, int Least, double Distance, double[] Mean, double[][] InverseCovariance)
    {
        public bool Fits(double[] bytes)
        {
            var off = bytes.Zip(Mean, static (length, mean) => length - mean).ToArray();
            var squared = off.Index().Sum(row => off.Index().Sum(column =>
                row.Item * InverseCovariance[row.Index][column.Index] * column.Item));
            return bytes[0] >= Least && Math.Sqrt(squared) < Distance;
        }
    }
}
