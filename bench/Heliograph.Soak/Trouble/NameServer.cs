using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Heliograph.Soak.Trouble;

/// <summary>How the name server answers.</summary>
internal enum Answers
{
    Honest,

    /// <summary>No name exists.</summary>
    Denied,

    /// <summary>Every name has an address where nobody is.</summary>
    Wrong,

    /// <summary>No answer at all.</summary>
    None,
}

/// <summary>The name server of the run's network, on port 53: it knows one name, and lies or is silent when it is told to.</summary>
internal sealed class NameServer : IDisposable
{
    /// <summary>The upstream that has to be found.</summary>
    public const string Known = "signal.soak.test";

    /// <summary>Its address; bench/soak gives it to the run's network. Of 192.31.196.0/24 (RFC 7535), like that of the tests.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("192.31.196.80");

    private static readonly IPAddress Nobody = IPAddress.Parse("192.31.196.99");

    private const int HeaderLength = 12;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private int asked;

    public NameServer()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 53));
        new Thread(Serve) { IsBackground = true, Name = "names" }.Start();
    }

    public Answers Answers { get; set; }

    /// <summary>How often it was asked for <see cref="Known"/>.</summary>
    public int Asked => Volatile.Read(ref asked);

    public void Dispose() => socket.Dispose();

    private void Serve()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                EndPoint asker = new IPEndPoint(IPAddress.Any, 0);
                var length = socket.ReceiveFrom(buffer, ref asker);
                if (Answer(buffer.AsSpan(0, length)) is { } answer)
                    socket.SendTo(answer, asker);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    /// <summary>RFC 1035 section 4.1; null: silence.</summary>
    private byte[]? Answer(ReadOnlySpan<byte> query)
    {
        var end = HeaderLength;
        var labels = new List<string>();
        while (end < query.Length && query[end] > 0 && end + query[end] < query.Length)
        {
            labels.Add(Encoding.ASCII.GetString(query.Slice(end + 1, query[end])));
            end += 1 + query[end];
        }
        if (end + 5 > query.Length)
            return null;
        var isKnown = string.Join('.', labels).Equals(Known, StringComparison.OrdinalIgnoreCase);
        if (isKnown)
            Interlocked.Increment(ref asked);
        var mode = Answers;
        if (mode == Answers.None)
            return null;
        var isAddress = BinaryPrimitives.ReadUInt16BigEndian(query[(end + 1)..]) == 1;
        var exists = mode == Answers.Wrong || (mode == Answers.Honest && isKnown);
        var address = !exists || !isAddress ? null : mode == Answers.Wrong ? Nobody : Address;
        byte[] head =
        [
            query[0], query[1], 0x81, (byte)(0x80 | (exists ? 0 : 3)), 0, 1, 0, (byte)(address is null ? 0 : 1), 0, 0, 0, 0,
            .. query[HeaderLength..(end + 5)],
        ];
        // A pointer to the name, type A, class IN, a TTL of one second.
        return address is null ? head : [.. head, 0xc0, HeaderLength, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, .. address.GetAddressBytes()];
    }
}
