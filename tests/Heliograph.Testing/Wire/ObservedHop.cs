using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.Wire;

/// <summary>
/// The network between a client and the proxy as an observer sees it: forwards each connection, and keeps its packets in their order.
/// </summary>
/// <remarks>
/// Loopback has segments of 64 KB and no delay. So payloads are cut as a path of 1,500 bytes cuts them. And a client of TLS 1.3 that
/// speaks first sends its first request right behind its Finished, before the answer to that has come: the hop holds the answer until then.
/// </remarks>
public sealed class ObservedHop : IAsyncDisposable
{
    private readonly IPEndPoint server;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Connection> connections = [];
    private readonly Task accepting;

    public ObservedHop(IPEndPoint server)
    {
        this.server = server;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The packets of each connection that there was, once all of them have ended.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Packet>>> PacketsAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(connections.Select(static connection => connection.Ended)).WaitAsync(cancellationToken);
        return [.. connections.Select(static connection => connection.Packets)];
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(connections.Select(static connection => connection.Ended));
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                connections.Add(new Connection(await listener.AcceptAsync(stopping.Token), server, stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private sealed class Connection
    {
        private readonly TaskCompletionSource spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<Packet> packets = [];
        private volatile bool holds;

        public Connection(Socket client, IPEndPoint server, CancellationToken stopping) => Ended = CarryAsync(client, server, stopping);

        public Task Ended { get; }

        public IReadOnlyList<Packet> Packets => packets;

        private async Task CarryAsync(Socket client, IPEndPoint server, CancellationToken stopping)
        {
            using var near = client;
            using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await far.ConnectAsync(server, stopping);
            (near.NoDelay, far.NoDelay) = (true, true);
            await Task.WhenAll(ForwardAsync(near, far, isUp: true, stopping), ForwardAsync(far, near, isUp: false, stopping));
        }

        private async Task ForwardAsync(Socket from, Socket to, bool isUp, CancellationToken stopping)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer, stopping) is > 0 and var count)
                {
                    for (var rest = buffer.AsMemory(0, count); !rest.IsEmpty;)
                    {
                        var written = isUp ? rest[..FinishedLength(rest.Span)] : rest;
                        if (!isUp && holds)
                            await spoke.Task.WaitAsync(stopping);
                        await SendAsync(written, to, isUp, stopping);
                        rest = rest[written.Length..];
                    }
                }
                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One side has ended before the other, or the test is over. The client and the server check what matters.
                to.Close(timeout: 0);
            }
            finally
            {
                spoke.TrySetResult();
            }
        }

        private async Task SendAsync(ReadOnlyMemory<byte> bytes, Socket to, bool isUp, CancellationToken stopping)
        {
            var copy = bytes.ToArray();
            lock (packets)
            {
                foreach (var part in copy.Chunk(Packet.Largest))
                    packets.Add(new Packet(isUp, part));
            }
            if (isUp && holds)
                spoke.TrySetResult();
            // Set before the server has the Finished that it answers.
            if (isUp && FinishedLength(copy) == copy.Length && new Packet(isUp, copy).BeginsWithChangeCipherSpec)
                holds = true;
            while (!bytes.IsEmpty)
                bytes = bytes[await to.SendAsync(bytes, stopping)..];
        }

        /// <summary>
        /// How much of what a client wrote is one packet: of TLS 1.3's ChangeCipherSpec and Finished just these, as they are written apart.
        /// </summary>
        private static int FinishedLength(ReadOnlySpan<byte> bytes)
        {
            const int ChangeCipherSpec = 6, Header = 5;
            const byte ApplicationData = 23;
            if (bytes is not [20, 3, 3, 0, 1, 1, ApplicationData, ..] || bytes.Length < ChangeCipherSpec + Header)
                return bytes.Length;
            return Math.Min(bytes.Length, ChangeCipherSpec + Header + BinaryPrimitives.ReadUInt16BigEndian(bytes[9..]));
        }
    }
}
