using Heliograph.Peers.Tests.Http2;
using Heliograph.Peers.Tests.Leaves;
using Heliograph.Peers.Tests.TimeOuts;
using Heliograph.Peers.Tests.Tls12;
using Heliograph.Peers.Tests.Tls13;
using Heliograph.Relay.Tests.OuterTls;
using Heliograph.Relay.Tests.OuterTls.Handshakes;

namespace Heliograph.Peers.Tests;

/// <summary>The names of all conversations by their group, for the lists that refer to them.</summary>
internal static class Conversations
{
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Groups { get; } = Make();

    private static Dictionary<string, IReadOnlySet<string>> Make()
    {
        var groups = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var (family, cases) in HelloCases12.Families)
            Add($"TLS 1.2 hello, {family}", cases.Keys);
        foreach (var (family, cases) in AnswerCases12.Families)
            Add($"TLS 1.2 flight, {family}", cases.Keys);
        foreach (var (family, cases) in RecordCases12.Families)
            Add($"TLS 1.2, {family}", cases.Keys);
        foreach (var (section, cases) in Http2Cases.Sections)
            Add(section, cases.Keys);
        Add("TLS 1.2 Finished, changed", Tls12LikeNginxTests.FinishedBytes.Select(static row => $"{row.Data}"));
        Add("TLS 1.2 Finished's record, changed", Tls12LikeNginxTests.RecordBytes.Select(static row => $"{row.Data}"));
        Add("TLS 1.2 data, changed", Tls12LikeNginxTests.RecordBytes.Select(static row => $"{row.Data}"));
        Add("TLS 1.2 hello, cut", Tls12LikeNginxTests.Cuts.Select(static row => $"{row.Data}"));
        Add("TLS 1.2 hello, in two records", Tls12LikeNginxTests.Cuts.Select(static row => $"{row.Data}"));
        Add("TLS 1.2 hello, random", Tls12LikeNginxTests.Seeds.Select(static row => $"{row.Data}"));
        Add("TLS 1.2 resumption with", ResumptionCases12.All.Keys);
        Add("TLS 1.2 resumption after", [.. EndingCases.All.Keys, .. EndingCases.Slow.Keys]);
        Add("TLS 1.3 hello", [.. HelloCases.All.Keys, "whose flight nobody reads"]);
        Add("TLS 1.3 groups", [.. GroupCases13.All.Keys, "ffdhe2048"]);
        Add("TLS 1.3 extension", ExtensionCases.All.Keys);
        Add("TLS 1.3 on the wire", WireCases.All.Keys);
        Add("TLS 1.3 behind a hello", WireCases.Behind.Keys);
        Add("TLS 1.3 steps", StepCases.All.Keys);
        Add("TLS 1.3 flight", FinishedCases.All.Keys);
        Add("TLS 1.3 records", RecordCases.All.Keys);
        Add("TLS 1.3 resumption with", ResumptionCases.All.Keys);
        Add("TLS 1.3 resumption after", EndingCases13.All.Keys);
        Add("TLS 1.3 resumption later", AgedSessionCases.All.Keys);
        Add("TLS 1.3 KeyUpdate", KeyUpdateCases.All.Keys);
        Add("two segments", SegmentCases.All.Keys);
        Add("time-out", TimeOutCases.All.Keys);
        Add("leave", LeaveCases.All.Keys);
        return groups;

        void Add(string group, IEnumerable<string> names) => groups.Add(group, names.ToHashSet(StringComparer.Ordinal));
    }
}
