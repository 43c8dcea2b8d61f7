using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>What a client may do in TLS 1.2: each is answered with the same records, messages, alerts and end as by a real nginx.</summary>
[Trait("Needs", "server")]
public sealed class Tls12LikeNginxTests(PeerServers servers)
{
    private static readonly byte[] Whole = RawTls12.Ordinary.ToMessage();

    public static TheoryData<string, string> Hellos => Names(HelloCases12.Families);

    public static TheoryData<string, string> Answers => Names(AnswerCases12.Families);

    public static TheoryData<string, string> Records => Names(RecordCases12.Families);

    public static TheoryData<string> Resumptions => [.. ResumptionCases12.All.Keys];

    public static TheoryData<int> FinishedBytes => [.. Enumerable.Range(0, 12)];

    /// <summary>Header, explicit nonce, the Finished, tag.</summary>
    public static TheoryData<int> RecordBytes => [.. Enumerable.Range(0, 5 + 8 + 16 + 16)];

    public static TheoryData<int> Cuts => [.. Enumerable.Range(0, Whole.Length - 4)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Hellos))]
    public Task A_hello_is_answered_as_by_nginx(string family, string name) =>
        CompareAsync($"TLS 1.2 hello, {family}", name, (server, story) => OfferAsync(server, story, HelloCases12.Families[family][name]));

    [Theory]
    [MemberData(nameof(Hellos))]
    public Task A_hello_is_answered_as_by_nginx_with_an_RSA_key(string family, string name) =>
        CompareAsync(
            $"TLS 1.2 hello, {family}",
            name,
            (server, story) => OfferAsync(server, story, HelloCases12.Families[family][name]),
            PeerKind.Rsa);

    [Theory]
    [MemberData(nameof(Answers))]
    public Task What_follows_the_servers_flight_is_answered_as_by_nginx(string family, string name) =>
        CompareAsync(
            $"TLS 1.2 flight, {family}",
            name,
            (server, story) => AnswerAsync(server, story, AnswerCases12.Families[family][name], isDhe: family == AnswerCases12.OfDhe),
            family == AnswerCases12.OfDhe ? PeerKind.Rsa : PeerKind.Ecdsa);

    [Theory]
    [MemberData(nameof(FinishedBytes))]
    public Task A_Finished_that_is_off_in_one_byte_is_answered_as_by_nginx(int at) =>
        CompareAsync("TLS 1.2 Finished, changed", $"{at}", (server, story) =>
            AnswerAsync(server, story, client => AnswerCases12.FlippedFinished(client, at)));

    [Theory]
    [MemberData(nameof(RecordBytes))]
    public Task A_Finished_whose_record_is_off_in_one_byte_is_answered_as_by_nginx(int at) =>
        CompareAsync("TLS 1.2 Finished's record, changed", $"{at}", (server, story) =>
            AnswerAsync(server, story, client => AnswerCases12.FlippedRecord(client, at)));

    [Theory]
    [MemberData(nameof(Records))]
    public Task What_follows_the_handshake_is_answered_as_by_nginx(string family, string name) =>
        CompareAsync($"TLS 1.2, {family}", name, (server, story) =>
            SendAsync(server, story, RecordCases12.Families[family][name], isCutShort: family == RecordCases12.CutShort));

    [Theory]
    [MemberData(nameof(RecordBytes))]
    public Task Data_whose_record_is_off_in_one_byte_is_answered_as_by_nginx(int at) =>
        CompareAsync("TLS 1.2 data, changed", $"{at}", (server, story) =>
            SendAsync(server, story, client => RecordCases12.Flipped(client, at), isCutShort: true));

    [Theory]
    [MemberData(nameof(Resumptions))]
    public Task Resuming_is_answered_as_by_nginx(string with) =>
        CompareAsync("TLS 1.2 resumption with", with, ResumptionCases12.All[with]);

    /// <summary>A hello that ends early but says so: its length fits.</summary>
    [Theory]
    [MemberData(nameof(Cuts))]
    public Task A_hello_that_is_cut_short_is_answered_as_by_nginx(int length) =>
        CompareAsync("TLS 1.2 hello, cut", $"{length}", (server, story) =>
            RawAsync(server, story, RawHello.Record(RawTls12.Handshake, RawHello.Message(1, Whole.AsSpan(4, length)), 0x0301)));

    /// <summary>Two records, cut at each byte of the hello.</summary>
    [Theory]
    [MemberData(nameof(Cuts))]
    public Task A_hello_in_two_records_is_answered_as_by_nginx(int length) =>
        CompareAsync("TLS 1.2 hello, in two records", $"{length}", (server, story) => RawAsync(
            server,
            story,
            [
                .. RawHello.Record(RawTls12.Handshake, Whole.AsSpan(..(length + 1)), 0x0301),
                .. RawHello.Record(RawTls12.Handshake, Whole.AsSpan((length + 1)..), 0x0301),
            ]));

    /// <summary>The seed is the name: each is the same hello in every run.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public Task A_randomly_changed_hello_is_answered_as_by_nginx(int seed) =>
        CompareAsync("TLS 1.2 hello, random", $"{seed}", (server, story) =>
            RawAsync(server, story, RawHello.Record(RawTls12.Handshake, Mutated(seed), 0x0301)));

    private static TheoryData<string, string> Names<T>(IReadOnlyDictionary<string, IReadOnlyDictionary<string, T>> families)
    {
        var names = new TheoryData<string, string>();
        foreach (var (family, cases) in families)
        {
            foreach (var name in cases.Keys)
                names.Add(family, name);
        }
        return names;
    }

    private static async Task OfferAsync(IPEndPoint server, Story story, RawHello hello)
    {
        var client = await story.ConnectTls12Async(server);
        // A hello may be too large for one record.
        await client.SendAsync(
            [.. client.Offer(hello).Chunk(16 * 1024).SelectMany(static part => RawHello.Record(RawTls12.Handshake, part, 0x0301))]);
        if (await Deeds12.FinishAsync(client))
            await Deeds12.LeaveAsync(client);
    }

    private static async Task AnswerAsync(IPEndPoint server, Story story, Func<RawTls12, byte[]> answer, bool isDhe = false)
    {
        var client = await story.ConnectTls12Async(server);
        await client.OfferAsync(isDhe ? RawTls12.Ordinary with { Suites = [0x009e] } : RawTls12.Ordinary);
        Assert.Equal(Flight.Tls12, await client.ReadFlightAsync());
        await client.SendAsync(answer(client));
        // A server that waits for more learns that there is none. After a request, FIN would arrive before or after the answer.
        if (!client.HasProtectedData)
            client.EndSending();
        await client.ReadToEndAsync();
    }

    private static async Task SendAsync(IPEndPoint server, Story story, Func<RawTls12, byte[]> records, bool isCutShort = false)
    {
        var client = await Deeds12.EstablishAsync(server, story);
        await client.SendAsync([.. records(client), .. isCutShort ? [] : AnswerCases12.Request(client)]);
        if (isCutShort)
            client.EndSending();
        await client.ReadToEndAsync();
    }

    private static async Task RawAsync(IPEndPoint server, Story story, byte[] bytes)
    {
        var client = await story.ConnectTls12Async(server);
        await client.SendAsync(bytes);
        client.EndSending();
        await client.ReadToEndAsync();
    }

    private static byte[] Mutated(int seed)
    {
        var random = new Random(seed);
        var message = (byte[])Whole.Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            message[random.Next(message.Length)] = (byte)random.Next(256);
        return message;
    }

    private Task CompareAsync(
        string group, string name, Func<IPEndPoint, Story, Task> converse, PeerKind kind = PeerKind.Ecdsa) =>
        Comparison.CompareAsync(servers, group, name, converse, kind);
}
