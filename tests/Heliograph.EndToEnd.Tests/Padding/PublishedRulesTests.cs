using System.Security.Authentication;
using Heliograph.Testing;
using Heliograph.Testing.Wire;

namespace Heliograph.EndToEnd.Tests.Padding;

/// <summary>
/// What relay.first_flight_padding does to the rules by which published programs look for TLS within TLS, on connections through the
/// program whose packets were observed. docs/threat-model.md has the figures.
/// </summary>
public class PublishedRulesTests
{
    private const int Connections = 50;
    private const string Ios = "inner-emul-safari_ios_26.2-cdn2",
        OkHttp = "inner-emul-okhttp_5-cdn2",
        Chat = "inner-production-chat-unauth";

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(Ios)]
    [InlineData(OkHttp)]
    [InlineData(Chat)]
    public async Task What_a_rule_finds_without_the_padding_none_finds_with_it_for_five_or_six_packets_more(string hello)
    {
        Proxy.NeedsHeliograph();
        var without = await ObserveAsync(hello, "off");
        var with = await ObserveAsync(hello, "on");
        Report(hello, without, with);

        Assert.True(without.Any(NdpiRule.Finds) || without.Any(OpenGfwRule.Finds), "there is nothing to hide");
        Assert.DoesNotContain(with, NdpiRule.Finds);
        Assert.DoesNotContain(with, OpenGfwRule.Finds);
        Assert.InRange(with.Average(static packets => packets.Count) - without.Average(static packets => packets.Count), 4.5, 6.5);
        Assert.InRange(Bytes(with) - Bytes(without), 6_500, 9_000);
    }

    private static async Task<IReadOnlyList<IReadOnlyList<Packet>>> ObserveAsync(string hello, string padding)
    {
        var conversations = Conversation.Of(hello, Connections);
        var next = 0;
        await using var signal = StandInSignal.StartRaw(connection => conversations[next++].AnswerAsync(connection));
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route(("cdn2.signal.org", signal.Endpoint), ("grpc.chat.signal.org", signal.Endpoint)),
                More = $"relay: {{ first_flight_padding: {padding} }}",
            });
        await using var hop = new ObservedHop(proxy.Endpoint);
        foreach (var conversation in conversations)
        {
            await using var client = await TlsInTlsClient.ConnectOuterAsync(
                proxy.Client("") with { Proxy = hop.Endpoint, OuterProtocols = SslProtocols.Tls13, AllowResume = false }, Bound.Token);
            await conversation.SpeakAsync(client.Outer);
            // The relay has passed on the last bytes when Signal's side has ended in order.
            Assert.Null(await (await signal.NextAsync(Bound.Prompt)).Ended.WaitAsync(Bound.Prompt, Bound.Token));
        }
        return await hop.PacketsAsync(Bound.Token);
    }

    private static double Bytes(IReadOnlyList<IReadOnlyList<Packet>> observed) =>
        observed.Average(static packets => packets.Sum(static packet => packet.Length));

    private static void Report(
        string hello, IReadOnlyList<IReadOnlyList<Packet>> without, IReadOnlyList<IReadOnlyList<Packet>> with)
    {
        foreach (var (word, observed) in new[] { ("off", without), ("on", with) })
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{hello}, padding {word}: nDPI {observed.Count(NdpiRule.Finds)}, "
                + $"OpenGFW {observed.Count(OpenGfwRule.Finds)} of {observed.Count}; "
                + $"{observed.Average(static packets => packets.Count):0.0} packets, {Bytes(observed):0} bytes a connection");
        }
    }
}
