using System.Text;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Sealing;
using Heliograph.Testing;

namespace Heliograph.Fleet.Tests.Etcd;

/// <summary>Whoever holds the machine of etcd can let it answer what he likes.</summary>
public sealed class HostileEtcdTests : IAsyncDisposable
{
    private readonly FakeEtcd etcd = new();
    private readonly EtcdClient client;

    public HostileEtcdTests() => client = new EtcdClient(new EtcdOptions { Endpoints = [etcd.Address] });

    public static TheoryData<string> Bodies => new(
    [
        "{}",
        "[]",
        """{"header":null,"kvs":null}""",
        """{"header":{"revision":"1"},"kvs":[null],"more":true}""",
        """{"header":{"revision":"1"},"kvs":[{}],"more":true}""",
        """{"header":{"revision":"-1"},"kvs":[{"key":"!","value":5}]}""",
        """{"header":{"revision":"99999999999999999999"}}""",
        """{"header":{"revision":"1"},"responses":[null]}""",
        """{"header":{"revision":"1"},"responses":[{"response_range":{"kvs":[null]}},{},{}]}""",
        """{"header":{"revision":"1"},"ID":"0","TTL":"-5"}""",
        """{"error":{"message":"\u0000\u001b[31m","code":"x"}}""",
        """{"result":{"created":true}}""" + "\n" + """{"result":{"events":[null,{},{"kv":null},{"kv":{}}]}}""" + "\n",
        """{"result":{"created":true}}""" + "\n" + """{"result":{"canceled":true,"compact_revision":"-3"}}""" + "\n",
        new string('[', 100_000),
    ]);

    [Theory(Timeout = Bound.Test)]
    [MemberData(nameof(Bodies))]
    public async Task Whatever_it_answers_is_an_answer_or_a_failure_with_a_reason(string answer)
    {
        etcd.Body = answer;
        await AskAsync(() => client.FindAsync("f1/a", Bound.Token));
        await AskAsync(() => client.RangeAsync("f1/", Bound.Token));
        await AskAsync(() => client.GrantAsync(TimeSpan.FromSeconds(30), Bound.Token));
        await AskAsync(async () =>
        {
            await client.KeepAliveAsync(1, Bound.Token);
            return true;
        });
        await AskAsync(() => client.CommitAsync(
            new Transaction { Comparisons = [], Writes = [Write.Delete("f1/a")], Read = ["f1/a"] }, Bound.Token));
        var connection = await AskAsync(() => client.OpenWatchAsync("f1/", 1, Bound.Token));
        if (connection is not null)
            await AskAsync(() => connection.ReadAsync(Bound.Token));
        connection?.Dispose();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_range_without_an_end_is_given_up()
    {
        etcd.Body = Page(Enumerable.Repeat("f1/a", 500));
        var circle = await Assert.ThrowsAsync<FleetException>(() => client.RangeAsync("f1/", Bound.Token));
        Assert.Contains("keys that are not in order", circle.Message, StringComparison.Ordinal);
        etcd.Body = Page(Enumerable.Range(0, 4096).Select(static number => $"f1/{number:0000}"));
        var many = await Assert.ThrowsAsync<FleetException>(() => client.RangeAsync("f1/", Bound.Token));
        Assert.Contains("more than 4096 keys", many.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_was_sealed_as_something_else_is_no_document()
    {
        var logger = new RecordingLogger();
        var member = new FleetMember(client, FleetKey.Create(), "one", TimeProvider.System, logger);
        var other = member.Names.Node("paris");
        var report = member.Seal(other, NamedContent.Write("paris", 9, "a report"u8));
        var place = member.Names.Document("signal.example.org");
        var good = member.Seal(place, NamedContent.Write("signal.example.org", 1, "a document"u8));
        // The same place twice, too.
        var messages = $"{Message(other, report)},{Message(place, good)},{Message(place, good)}";
        etcd.Body = $$"""{"header":{"revision":"5"},"result":{"created":true},"kvs":[{{messages}}]}""";
        var store = new DocumentStore(member, null);
        await using var running = new Running(store.RunAsync);
        await Polling.UntilAsync(() => store.All.Count > 0, TimeSpan.FromSeconds(30), "nothing is read");
        Assert.Equal("signal.example.org", Assert.Single(store.All).Name);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await etcd.DisposeAsync();
    }

    private static string Page(IEnumerable<string> keys) =>
        $$"""{"header":{"revision":"1"},"more":true,"kvs":[{{string.Join(',', keys.Select(static key => Message(key, [])))}}]}""";

    private static string Message(string key, byte[] value) =>
        $$"""{"key":"{{Base64(Encoding.ASCII.GetBytes(key))}}","value":"{{Base64(value)}}","mod_revision":"5"}""";

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    /// <summary>Any other exception fails the test.</summary>
    private static async Task<T?> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (FleetException exception)
        {
            Assert.DoesNotContain(exception.Message, char.IsControl);
            Assert.InRange(exception.Message.Length, 10, 1000);
            return default;
        }
    }
}
