using Heliograph.Testing.Wire;

namespace Heliograph.EndToEnd.Tests.Padding;

/// <summary>
/// OpenGFW's rule for Trojan (analyzer/tcp/trojan.go, October 2024): the lengths of four flights from the client's ChangeCipherSpec on. Its
/// decision tree says yes in these ranges.
/// </summary>
internal static class OpenGfwRule
{
    private const int Any = int.MaxValue;

    /// <summary>The least and the most bytes: up, down, up, down.</summary>
    private static readonly (int Least, int Most)[][] Ranges =
    [
        [(157, 411), (0, 157), (41, 788), (0, 185)],
        [(419, 892), (0, 157), (789, 1346), (0, Any)],
        [(157, 892), (113, 157), (41, 788), (186, Any)],
        [(186, 206), (158, 251), (0, Any), (0, Any)],
        [(207, 659), (158, 286), (71, 370), (0, Any)],
        [(660, 1123), (158, 286), (71, Any), (273, Any)],
        [(1436, 1466), (158, 286), (0, Any), (538, Any)],
        [(278, 284), (287, 782), (0, Any), (0, 783)],
        [(285, Any), (397, 492), (0, Any), (972, Any)],
        [(207, 277), (727, 768), (0, Any), (0, Any)],
        [(0, 664), (2432, 3708), (412, Any), (0, 307)],
        [(0, 445), (2432, 6232), (384, 411), (0, Any)],
        [(0, 664), (2432, 6232), (221, 383), (0, 346)],
        [(0, 874), (2432, 6232), (86, 220), (0, 1173)],
        [(665, 724), (2432, 6232), (221, 580), (0, Any)],
        [(679, 1055), (2432, 6232), (581, Any), (0, Any)],
        [(875, Any), (2432, 6232), (86, 108), (0, 1173)],
        [(1056, Any), (5353, 6232), (221, Any), (0, 2173)],
        [(875, Any), (5384, 6232), (109, 220), (0, 1173)],
        [(671, 795), (6233, 6288), (0, Any), (0, Any)],
        [(0, 670), (6233, 9408), (0, Any), (0, 76)],
        [(2592, 2840), (6233, 9408), (733, Any), (0, Any)],
        [(671, 795), (6335, 9408), (0, Any), (0, 6404)],
        [(671, 795), (8925, 9408), (0, Any), (6405, Any)],
        [(0, 670), (9073, 9408), (0, Any), (77, Any)],
        [(0, Any), (13_019, 13_314), (0, Any), (31, 1786)],
    ];

    public static bool Finds(IReadOnlyList<Packet> packets)
    {
        var flights = Flights.Of(packets.SkipWhile(static packet => !packet.IsUp || !packet.BeginsWithChangeCipherSpec));
        // It decides when the fifth begins.
        return flights.Count > 4 && Array.Exists(Ranges, range =>
            range.Zip(flights, static (bounds, flight) => flight.Bytes >= bounds.Least && flight.Bytes <= bounds.Most)
                .All(static isWithin => isWithin));
    }
}
