using System.Text;
using Heliograph.Relay.Routing;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Routing;

public sealed class HostListReaderTests
{

    private static readonly string Text = File.ReadAllText(Repository.PathOf("packaging/hosts.json"));

    [Fact]
    public void The_programs_own_list_is_the_file_that_a_release_signs()
    {
        var list = Read(Text, out var problem);
        Assert.Null(problem);
        Assert.Equal(list!.Version, HostList.BuiltIn.Version);
        foreach (var set in HostList.SetNames)
            Assert.Equal(list.Find(set), HostList.BuiltIn.Find(set));
        Assert.Equal(list.WebSites.Order(StringComparer.Ordinal), HostList.BuiltIn.WebSites.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_list_that_is_cut_short_anywhere_is_refused()
    {
        var whole = Text.TrimEnd();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(Read(whole[..length], out var problem));
            Assert.NotNull(problem);
        }
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "its format is not 1: this version of Heliograph cannot read it; upgrade first")]
    [InlineData("2026112701", "7", "its version is not a date and two digits, such as 2026112701")]
    [InlineData("2026112701", "\"2026112701\"", "version is missing, or is of another kind than it has to be")]
    [InlineData("\"signal-staging\"", "\"other\"", "signal-staging is missing, or is of another kind than it has to be")]
    [InlineData("\"cdn2.signal.org\"", "\"cdn.signal.org\"", "cdn.signal.org is listed twice")]
    [InlineData("\"cdn2.signal.org\"", "7", "a host is not a text")]
    [InlineData(
        "\"cdn2.signal.org\"", "\"CDN2.signal.org\"", "it has a name that is not a host name of at least two labels in lower case")]
    [InlineData("\"cdn2.signal.org\"", "\"cdn2\"", "it has a name that is not a host name of at least two labels in lower case")]
    [InlineData("\"cdn2.signal.org\"", "\"10.0.0.1\"", "it has a name that is not a host name of at least two labels in lower case")]
    [InlineData("\"cdn2.signal.org\"", "\"a\\u001b.org\"", "it has a name that is not a host name of at least two labels in lower case")]
    [InlineData("\"cdn2.signal.org\"", "\"\\ud800\"", "it has a text that is not Unicode")]
    [InlineData("\"format\": 1", "\"format\": 1, \"format\": 1", "it has a member twice")]
    public void What_is_wrong_is_told_in_one_sentence(string good, string bad, string problem)
    {
        Assert.Contains(good, Text, StringComparison.Ordinal);
        var at = Text.IndexOf(good, StringComparison.Ordinal);
        Assert.Null(Read(Text[..at] + bad + Text[(at + good.Length)..], out var found));
        Assert.Equal(problem, found);
    }

    [Fact]
    public void A_list_has_bounds()
    {
        Assert.Null(Read(Text + new string(' ', HostListReader.LongestList), out var problem));
        Assert.Equal("it is longer than 64 KiB", problem);
        var hosts = string.Concat(Enumerable.Range(0, 257).Select(static i => $"\"h{i}.signal.org\", "));
        Assert.Null(Read(Text.Replace("\"hosts\": [", "\"hosts\": [" + hosts, StringComparison.Ordinal), out problem));
        Assert.Equal("it has more than 256 hosts in one place", problem);
    }

    [Fact]
    public void Members_of_later_versions_are_left_to_them() =>
        Assert.NotNull(Read(Text.Replace("\"format\": 1", "\"format\": 1, \"more\": [{}]", StringComparison.Ordinal), out _));

    [Fact]
    public void Mutated_lists_never_throw()
    {
        var seed = TestSeed.Get("Mutated lists of hosts");
        var random = new Random(seed);
        var bytes = Encoding.UTF8.GetBytes(Text);
        for (var i = 0; i < 5_000; i++)
        {
            var mutated = bytes.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            var list = HostListReader.Read(mutated, out var problem);
            Assert.Equal(list is null, problem is not null);
            Assert.DoesNotContain(problem ?? "", static c => char.IsControl(c));
        }
    }

    private static HostList? Read(string text, out string? problem) => HostListReader.Read(Encoding.UTF8.GetBytes(text), out problem);
}
