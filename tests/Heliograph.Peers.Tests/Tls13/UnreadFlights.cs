using System.Net;
using System.Net.Sockets;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>Hellos whose sender does not read what they bring.</summary>
internal static class UnreadFlights
{
    private static readonly byte[] Hello = RawHello.Record(22, RawHello.Ordinary.ToMessage(), 0x0301);

    /// <summary>Waits without reading until the server has ended the connection, and tells what had come.</summary>
    public static async Task LeaveAsync(IPEndPoint server, Story story)
    {
        var client = await story.ConnectTls13Async(server);
        await client.OfferAsync(RawHello.Ordinary);
        // One that came later has been ended by its time-out: so has this one.
        var later = await story.ConnectTls13Async(server);
        await later.ReadToEndAsync();
        await client.ReadToEndAsync();
    }

    /// <summary>Sends many such hellos, and then comes as a visitor.</summary>
    public static async Task SurviveAsync(IPEndPoint server, int count, CancellationToken cancellationToken)
    {
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
                silent.Add(socket);
                await socket.ConnectAsync(server, cancellationToken);
                await socket.SendAsync(Hello, cancellationToken);
            }
            using var visitor = await RawHandshake.ConnectAsync(server, cancellationToken);
            await Deeds.OfferAndFinishAsync(visitor, RawHello.Ordinary);
            Assert.Contains("23 application data", visitor.Story, StringComparison.Ordinal);
        }
        finally
        {
            silent.ForEach(static socket => socket.Dispose());
        }
    }
}
