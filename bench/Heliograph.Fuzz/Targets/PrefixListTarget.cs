using System.Net;
using Heliograph.Relay.Access;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a list of prefixes, from a file or a server.</summary>
internal static class PrefixListTarget
{
    private const int MostPrefixes = 100, LongestMessage = 250;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var set = PrefixListReader.Read(bytes, MostPrefixes, out var count, out var problem);
        FaultException.Unless(set is null == problem is not null, "it is neither taken nor refused");
        FaultException.Unless(
            problem is null || (problem.Length <= LongestMessage && !problem.Any(char.IsControl)), $"the message is \"{problem}\"");
        if (set is null)
            return;
        FaultException.Unless(count <= MostPrefixes && set.Count <= count, "there are more prefixes than it may have");
        FaultException.Unless(set.Without(set).Count == 0, "something is left of it without itself");
        FaultException.Unless(PrefixSet.Join([set, set]).Count == set.Count, "it is not what it is twice");
        var rest = set.Without(PrefixSet.Private);
        FaultException.Unless(!rest.Overlaps(PrefixSet.Private), "a private address is left");
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("10.1.2.3")])
            FaultException.Unless(!rest.Contains(address), "a private address is in it");
    }
}
