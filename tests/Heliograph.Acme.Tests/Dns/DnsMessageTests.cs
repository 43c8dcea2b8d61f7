using Heliograph.Acme.Dns;
using Heliograph.Platform.Resolving;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Dns;

public sealed class DnsMessageTests
{
    [Fact]
    public void Names_are_read_through_compression()
    {
        var answer = DnsAnswer.Parse(Answer());
        Assert.Equal("a.example.", Assert.Single(answer!.Answers).Name);
        Assert.Equal("hello world", System.Text.Encoding.ASCII.GetString(answer.Records[0].Data));
    }

    [Fact]
    public void A_name_that_points_at_itself_is_rejected()
    {
        byte[] loop = [0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0];
        Assert.Null(DnsAnswer.Parse(loop));
    }

    [Theory]
    [InlineData("a.b", @"a\.b.")]
    [InlineData("a.", @"a\..")]
    [InlineData(@"a\", @"a\\.")]
    public void A_dot_within_a_label_does_not_make_it_two(string label, string expected)
    {
        var answer = DnsAnswer.Parse(new DnsWriter()
            .Short(7).Short(0x8400).Short(0).Short(1).Short(0).Short(0)
            .Byte(label.Length).Raw(System.Text.Encoding.ASCII.GetBytes(label)).Byte(0)
            .Record(DnsTypes.A, DnsTypes.In, 60, [192, 0, 2, 1])
            .ToArray());
        Assert.Equal(expected, Assert.Single(answer!.Answers).Name);
    }

    [Fact]
    public void Cut_off_and_mutated_answers_never_throw()
    {
        var whole = Answer();
        for (var length = 0; length < whole.Length; length++)
            DnsAnswer.Parse(whole.AsSpan(0, length));
        var seed = TestSeed.Get("Mutated answers of DNS");
        var random = new Random(seed);
        Assert.True(Tsig.TryCreate(new Rfc2136Options { Server = "127.0.0.1", KeyName = "k", KeySecret = "AAAA" }, out var tsig));
        var signed = tsig.Sign(whole, DateTimeOffset.UnixEpoch).Signed;
        for (var round = 0; round < 100_000; round++)
        {
            var mutated = (byte[])(round % 2 == 0 ? whole : signed).Clone();
            for (var change = 0; change <= random.Next(4); change++)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            DnsAnswer.Parse(mutated);
            Assert.NotEqual(0, tsig.Verify(mutated, [1, 2, 3], DateTimeOffset.UnixEpoch));
        }
    }

    private static byte[] Answer() => new DnsWriter()
        .Short(7).Short(0x8400).Short(1).Short(1).Short(0).Short(0)
        .Name("a.example").Short(DnsTypes.Txt).Short(DnsTypes.In)
        .Short(0xC00C).Record(DnsTypes.Txt, DnsTypes.In, 60, [6, .. "hello "u8, 5, .. "world"u8])
        .ToArray();

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("127.0.0.1", "::1", "127.0.0.1")]
    [InlineData("127.0.0.1", "255.255.255.255", "127.0.0.1")]
    [InlineData(null, "255.255.255.255")]
    public void A_name_server_is_asked_at_an_address_to_which_there_is_a_route_IPv4_first(string? expected, params string[] addresses) =>
        Assert.Equal(expected, AuthoritativeServers.Choose([.. addresses.Select(System.Net.IPAddress.Parse)])?.ToString());
}
