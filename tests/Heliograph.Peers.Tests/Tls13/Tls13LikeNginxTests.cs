using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>
/// What a client may do in TLS 1.3, with the whole program: the conversations that the engine's tests have with the engine, and those that
/// need more time or more connections.
/// </summary>
[Trait("Needs", "server")]
public sealed class Tls13LikeNginxTests(PeerServers servers)
{
    public static TheoryData<string> Hellos => [.. HelloCases.All.Keys];

    public static TheoryData<string> Groups => [.. GroupCases13.All.Keys];

    public static TheoryData<string> Extensions => [.. ExtensionCases.All.Keys];

    public static TheoryData<string> Wires => [.. WireCases.All.Keys];

    public static TheoryData<string> Behind => [.. WireCases.Behind.Keys];

    public static TheoryData<string> Steps => [.. StepCases.All.Keys];

    public static TheoryData<string> Resumptions => [.. ResumptionCases.All.Keys];

    public static TheoryData<string> Answers => [.. FinishedCases.All.Keys];

    public static TheoryData<string> Records => [.. RecordCases.All.Keys];

    public static TheoryData<string> KeyUpdates => [.. KeyUpdateCases.All.Keys];

    public static TheoryData<string> Segments => [.. SegmentCases.All.Keys];

    public static TheoryData<string> Endings => [.. EndingCases13.All.Keys];

    [Theory]
    [MemberData(nameof(Hellos))]
    public Task A_hello_is_answered_as_by_nginx(string name) =>
        CompareAsync("TLS 1.3 hello", name, client => Deeds.OfferAndFinishAsync(client, HelloCases.All[name]));

    /// <summary>libssl performs the handshake; the records are the program's own.</summary>
    [Theory]
    [MemberData(nameof(Hellos))]
    public Task A_hello_is_answered_as_by_nginx_with_an_RSA_key(string name) =>
        CompareAsync("TLS 1.3 hello", name, client => Deeds.OfferAndFinishAsync(client, HelloCases.All[name]), PeerKind.Rsa);

    [Theory]
    [MemberData(nameof(Groups))]
    public Task A_rare_group_is_answered_as_by_nginx(string name) =>
        CompareAsync("TLS 1.3 groups", name, client => LeaveAsync(client, GroupCases13.All[name]));

    [Fact]
    public Task A_share_of_ffdhe2048_is_answered_as_by_nginx() =>
        CompareAsync("TLS 1.3 groups", "ffdhe2048", static client => LeaveAsync(client, GroupCases13.OfFfdhe), PeerKind.Rsa);

    [Theory]
    [MemberData(nameof(Extensions))]
    public Task An_extension_is_answered_as_by_nginx(string name) =>
        CompareAsync("TLS 1.3 extension", name, client => Deeds.OfferAndFinishAsync(client, ExtensionCases.All[name]));

    [Theory]
    [MemberData(nameof(Wires))]
    public Task A_hello_on_the_wire_is_answered_as_by_nginx(string name) => CompareAsync("TLS 1.3 on the wire", name, async client =>
    {
        client.Say(RawHello.Ordinary.ToMessage());
        await client.SendAsync(WireCases.All[name]);
        await Deeds.FinishAsync(client, RawHello.Ordinary);
    });

    [Theory]
    [MemberData(nameof(Behind))]
    public Task What_is_wrong_after_a_hello_is_answered_as_by_nginx(string name) =>
        CompareAsync("TLS 1.3 behind a hello", name, async client =>
        {
            client.Say(RawHello.Ordinary.ToMessage());
            await client.SendAsync(WireCases.Behind[name]);
            await client.ReadToEndAsync();
        });

    [Theory]
    [MemberData(nameof(Steps))]
    public Task Steps_are_answered_as_by_nginx(string name) => CompareAsync("TLS 1.3 steps", name, StepCases.All[name]);

    [Theory]
    [MemberData(nameof(Answers))]
    public Task What_follows_the_servers_flight_is_answered_as_by_nginx(string name) =>
        CompareAsync("TLS 1.3 flight", name, client => Deeds.AnswerAsync(client, FinishedCases.All[name]));

    [Theory]
    [MemberData(nameof(Answers))]
    public Task What_follows_the_servers_flight_is_answered_as_by_nginx_with_an_RSA_key(string name) =>
        CompareAsync("TLS 1.3 flight", name, client => Deeds.AnswerAsync(client, FinishedCases.All[name]), PeerKind.Rsa);

    [Theory]
    [MemberData(nameof(Records))]
    public Task What_follows_the_handshake_is_answered_as_by_nginx(string name) =>
        Comparison.CompareAsync(servers, "TLS 1.3 records", name, (server, story) =>
        {
            var reaction = RecordCases.GetReaction(server, RecordCases.All[name]);
            story.Tell(reaction);
            return Task.CompletedTask;
        });

    [Theory]
    [MemberData(nameof(Resumptions))]
    public Task Resuming_is_answered_as_by_nginx(string name) =>
        Comparison.CompareAsync(servers, "TLS 1.3 resumption with", name, async (server, story) =>
        {
            var visitor = new Visitor(server, story.CancellationToken);
            story.Add(visitor, () => visitor.Story);
            await ResumptionCases.All[name](visitor);
        });

    [Theory]
    [MemberData(nameof(Endings))]
    public Task A_ticket_is_worth_as_much_as_with_nginx_however_its_connection_ended(string name) =>
        Comparison.CompareAsync(servers, "TLS 1.3 resumption after", name, EndingCases13.All[name]);

    /// <summary>All at once: their sessions get older together.</summary>
    [Fact]
    public Task The_tickets_of_an_older_session_last_as_long_as_those_of_nginx() =>
        Comparison.CompareAllAsync(servers, "TLS 1.3 resumption later", AgedSessionCases.All, PeerKind.Undisturbed);

    [Theory]
    [MemberData(nameof(KeyUpdates))]
    public Task KeyUpdates_are_answered_as_by_nginx(string name) => CompareAsync("TLS 1.3 KeyUpdate", name, KeyUpdateCases.All[name]);

    [Theory]
    [MemberData(nameof(Segments))]
    public Task A_hello_in_two_segments_is_answered_as_by_nginx(string name) =>
        Comparison.CompareAsync(servers, "two segments", name, SegmentCases.All[name]);

    /// <summary>The flight is longer than one segment, and stays with the kernel until the time is up.</summary>
    [Fact]
    public Task A_flight_that_nobody_reads_ends_as_with_nginx() =>
        Comparison.CompareAsync(servers, "TLS 1.3 hello", "whose flight nobody reads", UnreadFlights.LeaveAsync, PeerKind.Impatient);

    [Fact]
    public async Task Hundreds_of_hellos_whose_flight_nobody_reads_keep_no_visitor_waiting()
    {
        var (_, ours) = await servers.GetAsync(PeerKind.Long);
        await UnreadFlights.SurviveAsync(ours, 400, TestContext.Current.CancellationToken);
    }

    private static async Task LeaveAsync(RawHandshake client, RawHello hello)
    {
        await client.OfferAsync(hello);
        client.EndSending();
        await client.ReadToEndAsync();
    }

    private Task CompareAsync(
        string group, string name, Func<RawHandshake, Task> converse, PeerKind kind = PeerKind.Ecdsa) =>
        Comparison.CompareAsync(servers, group, name, async (server, story) => await converse(await story.ConnectTls13Async(server)), kind);
}
