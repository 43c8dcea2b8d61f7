using Heliograph.Relay.Countries;
using Heliograph.Relay.Listening;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a database of countries.</summary>
internal static class CountryDatabaseTarget
{
    private const int LongestMessage = 150;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var table = CountryDatabaseReader.Read(bytes, out var problem);
        FaultException.Unless(table is null == problem is not null, "it is neither taken nor refused");
        FaultException.Unless(
            problem is null || (problem.Length <= LongestMessage && !problem.Any(char.IsControl)), $"the message is \"{problem}\"");
        if (table is null)
            return;
        Span<byte> address = stackalloc byte[16];
        foreach (var first in (byte[])[0, 1, 10, 127, 192, 255])
        {
            address.Fill(first);
            var (ipv4, ipv6) = (table.Find(SourceAddress.FromIpv4(address[..4])), table.Find(SourceAddress.FromIpv6(address)));
            foreach (var country in (Country[])[ipv4, ipv6])
                FaultException.Unless(country.Index is >= 0 and < Country.Count && country.Code.Length == 2, "there is no such country");
        }
    }
}
