using Heliograph.Acme;
using Heliograph.Acme.Dns;
using Heliograph.Platform.Resolving;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are what a name server sent.</summary>
internal static class DnsTarget
{
    /// <summary>What a name can be as text: the label in which the bound is reached ends it, and each byte may be escaped.</summary>
    private const int LongestName = 255 + (2 * 63) + 1;

    private static readonly Rfc2136Options Options =
        new() { Server = "192.0.2.1", KeyName = "key.example.org", KeySecret = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0" };

    private static readonly Lazy<Tsig> Key = new(static () =>
        Tsig.TryCreate(Options, out var tsig) ? tsig : throw new InvalidOperationException("the key is not accepted"));

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var answer = DnsAnswer.Parse(bytes);
        // Nobody without the key can sign: any number but 0.
        var verified = Key.Value.Verify(bytes.ToArray(), new byte[32], DateTimeOffset.UnixEpoch);
        FaultException.Unless(verified is -1 or 16 or 17, $"a signature that nobody made gives {verified}");
        if (answer is null)
        {
            FaultException.Unless(verified == -1, $"what is no answer is signed with error {verified}");
            return;
        }
        var length = bytes.Length;
        FaultException.Unless(
            answer.Records.All(record =>
                record.Name.Length <= LongestName && record.Start < length && record.Data.Length <= Math.Max(length, LongestName)),
            "a record is longer than its message allows");
        FaultException.Unless(
            !answer.Records.Any(static record => record.Name.Any(char.IsAsciiLetterUpper)), "a name is not in lower case");
        CheckAgain(answer);
        foreach (var type in (int[])[DnsTypes.A, DnsTypes.Aaaa])
        {
            var found = HttpsResolver.Read(bytes, answer.Records is [var first, ..] ? first.Name : "a.example", type);
            FaultException.Unless(
                found.Addresses.Length <= answer.AnswerCount && (found.Problem is null || found.Addresses.Length == 0),
                $"{found.Addresses.Length} addresses are in {answer.AnswerCount} records");
        }
    }

    /// <summary>The records, written without compression, read the same.</summary>
    private static void CheckAgain(DnsAnswer answer)
    {
        var plain = answer.Records
            .Where(static record => record.Type is DnsTypes.A or DnsTypes.Aaaa or DnsTypes.Soa && IsPlain(record.Name))
            .ToList();
        var writer = new DnsWriter().Short(answer.Id).Short(0x8000 | answer.ResponseCode).Short(0).Short(plain.Count).Short(0).Short(0);
        foreach (var record in plain)
            writer.Name(record.Name).Record(record.Type, DnsTypes.In, 0, record.Data);
        var again = DnsAnswer.Parse(writer.ToArray());
        FaultException.Unless(
            again is not null
            && again.Id == answer.Id
            && again.ResponseCode == answer.ResponseCode
            && again.Answers.Count() == plain.Count
            && again.Records.Zip(plain).All(static pair =>
                pair.First.Name == pair.Second.Name
                && pair.First.Type == pair.Second.Type
                && pair.First.Data.AsSpan().SequenceEqual(pair.Second.Data)),
            "written again, the records differ");
    }

    /// <summary>Of ASCII, and without a byte that had to be escaped: what a writer of plain labels can write.</summary>
    private static bool IsPlain(string name) =>
        name.All(char.IsAscii) && name.Length <= 255 && !name.Contains('\\', StringComparison.Ordinal);
}
