using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Heliograph.Platform.Resolving;

namespace Heliograph.Acme.Dns;

/// <summary>One question, one answer: over UDP with TCP when the answer is truncated or lost, or over TCP only.</summary>
internal static class DnsExchange
{
    private const int UdpTries = 2;

    private static readonly TimeSpan UdpTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TcpTimeout = TimeSpan.FromSeconds(10);

    /// <returns>The answer's bytes, which parse and carry the question's identifier.</returns>
    /// <exception cref="IOException">No answer.</exception>
    public static async Task<byte[]> AskAsync(IPEndPoint server, byte[] message, bool tcpOnly, CancellationToken cancellationToken)
    {
        var answer = tcpOnly ? null : await UdpAsync(server, message, cancellationToken);
        if (answer is not null && DnsAnswer.Parse(answer) is { Truncated: false })
            return answer;
        return await TcpAsync(server, message, cancellationToken);
    }

    private static async Task<byte[]?> UdpAsync(IPEndPoint server, byte[] message, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var buffer = new byte[ushort.MaxValue];
        for (var attempt = 0; attempt < UdpTries; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(UdpTimeout);
            try
            {
                // A connected socket accepts datagrams only from this server.
                await socket.ConnectAsync(server, limit.Token);
                await socket.SendAsync(message, limit.Token);
                while (true)
                {
                    var received = await socket.ReceiveAsync(buffer, limit.Token);
                    var answer = buffer.AsSpan(0, received);
                    if (IsAnswer(answer, message))
                        return answer.ToArray();
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Lost on the way: try once more, then use TCP.
            }
            catch (SocketException)
            {
                // Nothing listens there on UDP; try TCP.
                return null;
            }
        }

        return null;
    }

    private static async Task<byte[]> TcpAsync(IPEndPoint server, byte[] message, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TcpTimeout);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server, limit.Token);
            await using var stream = new NetworkStream(socket);
            var framed = new byte[2 + message.Length];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
            message.CopyTo(framed, 2);
            await stream.WriteAsync(framed, limit.Token);
            var header = new byte[2];
            await stream.ReadExactlyAsync(header, limit.Token);
            var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
            await stream.ReadExactlyAsync(answer, limit.Token);
            return IsAnswer(answer, message) ? answer : throw new IOException("the answer is not DNS");
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("no answer in time", exception);
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private static bool IsAnswer(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> question) =>
        DnsAnswer.Parse(answer) is not null && answer[..2].SequenceEqual(question[..2]);
}
