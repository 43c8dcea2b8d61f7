using System.Globalization;
using System.Text;
using Heliograph.HostLists;
using Heliograph.Relay.Routing;
using Heliograph.Testing;

namespace Heliograph.Tests.HostLists;

public sealed class ListStoreTests : IDisposable
{
    private static readonly string BuiltIn = File.ReadAllText(Repository.PathOf("packaging/hosts.json"));
    private static readonly long Version = HostList.BuiltIn.Version;

    private readonly TempDirectory directory = new();
    private readonly RecordingLogger log = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Without_an_update_the_programs_own_list_is_used()
    {
        Assert.Same(HostList.BuiltIn, Store().Read());
        Assert.Null(Store().ReadPrevious());
        Assert.False(File.Exists(directory[ListStore.Name]));
    }

    [Fact]
    public void A_list_is_used_until_it_is_undone_and_again_when_that_is_undone()
    {
        Store().Install(List(Version + 1, "\"svr9.signal.org\", "));
        Assert.Equal(Version + 1, Store().Read().Version);
        Assert.Contains("svr9.signal.org", Store().Read().GetCurrentNames("signal"));
        Store().Install(List(Version + 2));
        Assert.Equal(Version + 1, Store().ReadPrevious()!.Version);
        Store().Undo();
        Assert.Equal(Version + 1, Store().Read().Version);
        Store().Undo();
        Assert.Equal(Version + 2, Store().Read().Version);
    }

    [Fact]
    public void The_list_before_the_first_update_is_the_programs_own()
    {
        Store().Install(List(Version + 1));
        Store().Undo();
        Assert.Same(HostList.BuiltIn, Store().Read());
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(+1, 1)]
    public void After_an_upgrade_of_the_program_the_newer_list_is_used(int chosen, int expected)
    {
        Store().Install(List(Version + chosen));
        // A list that was forced is used as long as the program is the one that it was forced on.
        Assert.Equal(Version + chosen, Store().Read().Version);
        var file = File.ReadAllText(directory[ListStore.Name]);
        var had = string.Create(CultureInfo.InvariantCulture, $"\"built_in\":{Version}");
        Assert.Contains(had, file, StringComparison.Ordinal);
        directory.Write(ListStore.Name, file.Replace(had, "\"built_in\":2020010100", StringComparison.Ordinal));
        Assert.Equal(Version + expected, Store().Read().Version);
    }

    [Fact]
    public void A_damaged_file_is_set_aside_and_the_programs_own_list_used()
    {
        Store().Install(List(Version + 1));
        var whole = File.ReadAllText(directory[ListStore.Name]);
        var changed = whole.Replace("\"list\":\"", "\"list\":\"AAAA", StringComparison.Ordinal);
        foreach (var damaged in (string[])[whole[..(whole.Length / 2)], "", changed])
        {
            directory.Write(ListStore.Name, damaged);
            Assert.Same(HostList.BuiltIn, Store().Read());
            Assert.False(File.Exists(directory[ListStore.Name]));
        }
    }

    [Fact]
    public void What_a_list_changes_is_told_line_by_line()
    {
        var text = BuiltIn.Replace("\"cdn3.signal.org\",", "\"cdn4.signal.org\",", StringComparison.Ordinal)
            .Replace(
                "\"ud-chat.signal.org\": \"chat.signal.org\"",
                "\"ud-chat.signal.org\": \"grpc.chat.signal.org\"",
                StringComparison.Ordinal)
            .Replace("\"mail.signal.org\"", "\"news.signal.org\"", StringComparison.Ordinal);
        var list = HostListReader.Read(Encoding.UTF8.GetBytes(text), out _)!;
        Assert.Equal(
            [
                "- signal: cdn3.signal.org", "- signal: ud-chat.signal.org (leads to chat.signal.org)", "+ signal: cdn4.signal.org",
                "+ signal: ud-chat.signal.org (leads to grpc.chat.signal.org)", "- web sites: mail.signal.org",
                "+ web sites: news.signal.org",
            ],
            ListDifference.Between(HostList.BuiltIn, list));
        Assert.Empty(ListDifference.Between(list, list));
    }

    private ListStore Store() => new(directory.Path, TimeProvider.System, log);

    private static byte[] List(long version, string more = "") => Encoding.UTF8.GetBytes(
        BuiltIn.Replace(
                Version.ToString(CultureInfo.InvariantCulture), version.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("[\n        \"grpc.chat.signal.org\"", $"[\n        {more}\"grpc.chat.signal.org\"", StringComparison.Ordinal));
}
