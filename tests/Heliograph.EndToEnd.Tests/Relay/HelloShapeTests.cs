using Heliograph.Testing;
using Heliograph.Testing.Streams;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>However the inner hello is split on its way, the same bytes reach Signal.</summary>
public class HelloShapeTests(EchoRelay relay) : IClassFixture<EchoRelay>
{
    // Enough for both handshakes and some data; the rest is not split, because megabytes of one-byte records would prove nothing more.
    private const long Handshakes = 6000;

    [Fact(Timeout = Bound.Test)]
    public Task A_hello_of_one_byte_outer_records_is_relayed() =>
        RelaysAsync(relay.Client with { OuterRecordBytes = 1, SplitLimit = Handshakes });

    [Fact(Timeout = Bound.Test)]
    public Task Handshakes_of_one_byte_TCP_segments_are_relayed() =>
        RelaysAsync(relay.Client with { SegmentBytes = 1, SplitLimit = Handshakes });

    [Theory(Timeout = Bound.Test)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public Task A_hello_over_many_inner_records_is_relayed(int piece) => RelaysAsync(relay.Client with { InnerHelloRecordBytes = piece });

    [Fact(Timeout = Bound.Test)]
    public Task A_hello_split_at_every_layer_at_once_is_relayed() =>
        RelaysAsync(relay.Client with { InnerHelloRecordBytes = 50, OuterRecordBytes = 3, SegmentBytes = 1, SplitLimit = Handshakes });

    [Fact(Timeout = Bound.Test)]
    public async Task A_hello_in_the_same_segment_as_the_outer_Finished_is_relayed()
    {
        await using var client = await TlsInTlsClient.ConnectAsync(
            relay.Client with
            {
                HelloWithFinished = true,
                OuterProtocols = System.Security.Authentication.SslProtocols.Tls13,
            },
            Bound.Token);
        // The outer hello; the outer Finished with the inner hello; the inner Finished.
        Assert.Equal(3, client.CoalescedWrites.Count);
        Assert.True(client.CoalescedWrites[1] > 250, $"Finished and hello did not go out together: {client.CoalescedWrites[1]} bytes");
        await Echo.RoundTripAsync(client.Inner, 1, 100_000);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(16_384)]
    public async Task The_bytes_of_the_hello_reach_the_upstream_exactly(int piece)
    {
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.SinkAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = ProxySettings.Route(EchoRelay.Host, upstream.Endpoint) });
        var hello = HelloFragmentingStream.Fragment(await InnerHello.ForAsync(EchoRelay.Host), piece);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client(EchoRelay.Host), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        await client.Outer.WriteAsync("and what follows it"u8.ToArray(), Bound.Token);
        var connection = await upstream.NextAsync(Bound.Prompt);
        await client.Outer.ShutdownAsync();
        Assert.Null(await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token));
        Assert.Equal([.. hello, .. "and what follows it"u8], connection.Raw.Beginning());
    }

    private static async Task RelaysAsync(TlsInTlsOptions options)
    {
        await using var client = await TlsInTlsClient.ConnectAsync(options, Bound.Token);
        await Echo.RoundTripAsync(client.Inner, 1, 100_000);
    }
}
