using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.Tls13;

/// <summary>A TCP connection to a TLS server: the test sends what it likes, and reads the answers record by record.</summary>
internal sealed class RecordSocket : IDisposable
{
    private const int HeaderLength = 5;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] received = new byte[HeaderLength + ushort.MaxValue];
    private int count;

    /// <summary>How the server ended the connection: FIN or RST; null while it has not.</summary>
    public string? End { get; private set; }

    /// <summary>
    /// How many segments with data have arrived (tcpi_data_segs_in of Linux's tcp_info): on loopback, the number of the server's writes.
    /// </summary>
    public int DataSegments
    {
        get
        {
            const int Tcp = 6, Info = 11, DataSegmentsIn = 152;
            var info = new byte[DataSegmentsIn + sizeof(int)];
            socket.GetRawSocketOption(Tcp, Info, info);
            return BitConverter.ToInt32(info, DataSegmentsIn);
        }
    }

    public async Task ConnectAsync(IPEndPoint server, CancellationToken cancellationToken) =>
        await socket.ConnectAsync(server, cancellationToken);

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
        }
        catch (SocketException)
        {
            // The server has rejected what was sent before; reading shows how it ended.
        }
    }

    /// <summary>Sends FIN.</summary>
    public void EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has closed.
        }
    }

    /// <summary>Sends RST.</summary>
    public void Reset() => socket.Close(0);

    /// <summary>The next record with its header, or null at the end.</summary>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (count < HeaderLength || count < Length())
        {
            var more = 0;
            try
            {
                more = await socket.ReceiveAsync(received.AsMemory(count), cancellationToken);
                if (more == 0)
                    End = "FIN";
            }
            catch (SocketException)
            {
                End = "RST";
            }
            if (End is not null)
                return null;
            count += more;
        }
        var length = Length();
        var record = received[..length];
        received.AsSpan(length, count - length).CopyTo(received);
        count -= length;
        return record;
    }

    /// <summary>The part of a record that arrived before the end.</summary>
    public string Rest => Convert.ToHexString(received.AsSpan(0, count));

    public void Dispose() => socket.Dispose();

    private int Length() => HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(received.AsSpan(3));
}
