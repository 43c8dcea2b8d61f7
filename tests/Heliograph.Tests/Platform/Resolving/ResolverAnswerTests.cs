using System.Text;
using Heliograph.Platform.Resolving;

namespace Heliograph.Tests.Platform.Resolving;

/// <summary>What a message has for a name.</summary>
public sealed class ResolverAnswerTests
{
    [Fact]
    public void Addresses_of_other_names_and_of_the_wrong_length_do_not_count()
    {
        var answer = Read(
            ("chat.example", DnsTypes.A, [192, 0, 2, 1]), ("other.example", DnsTypes.A, [192, 0, 2, 2]),
            ("chat.example", DnsTypes.A, [192, 0, 2]));
        Assert.Equal("192.0.2.1", Assert.Single(answer.Addresses).ToString());
        Assert.Null(answer.Problem);
    }

    [Fact]
    public void Aliases_that_lead_in_a_circle_or_too_far_lead_nowhere()
    {
        Assert.Empty(Read(Alias("chat.example", "a.example"), Alias("a.example", "chat.example")).Addresses);
        var far = Enumerable.Range(0, 9).Select(static i => Alias(i == 0 ? "chat.example" : $"a{i}.example", $"a{i + 1}.example"));
        Assert.Empty(Read([.. far, ("a9.example", DnsTypes.A, [192, 0, 2, 1])]).Addresses);
    }

    [Theory]
    [InlineData(0x8182, "answers with the DNS error 2")]
    [InlineData(0x8185, "answers with the DNS error 5")]
    [InlineData(0x8380, "sends what is no DNS message")]
    [InlineData(0x0100, "sends what is no DNS message")]
    public void Errors_and_what_is_no_answer_are_named(int flags, string problem) => Assert.Equal(
        problem, HttpsResolver.Read(Message(flags), "chat.example", DnsTypes.A).Problem);

    private static (string Name, int Type, byte[] Data) Alias(string name, string target) => (name, DnsTypes.Cname, Encode(target));

    private static ResolverAnswer Read(params (string Name, int Type, byte[] Data)[] records) =>
        HttpsResolver.Read(Message(0x8180, records), "Chat.example.", DnsTypes.A);

    private static byte[] Message(int flags, params (string Name, int Type, byte[] Data)[] records)
    {
        var writer = new DnsWriter().Short(0).Short(flags).Short(0).Short(records.Length).Short(0).Short(0);
        foreach (var (name, type, data) in records)
            writer.Name(name).Record(type, DnsTypes.In, 60, data);
        return writer.ToArray();
    }

    private static byte[] Encode(string name) =>
        [.. name.Split('.').SelectMany(static label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];
}
