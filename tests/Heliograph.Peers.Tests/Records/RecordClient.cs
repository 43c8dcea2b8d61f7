using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Streams;

namespace Heliograph.Peers.Tests.Records;

/// <summary>An ordinary TLS client that tells how long the records are that an answer comes in.</summary>
internal sealed class RecordClient : IAsyncDisposable
{
    private const byte ApplicationData = 23;
    private const string Ticket = "57", Preface = "40";

    /// <summary>In HTTP/2: the type of HEADERS, and the fields <c>server</c> and <c>date</c>, which nginx writes in this order.</summary>
    private const byte Headers = 1, Server = 0x76, Date = 0x61;

    private readonly RecordTap tap;
    private readonly CoalescingStream holding;
    private readonly SslStream tls;
    private readonly List<byte> received = [];
    private readonly CancellationToken cancellationToken;
    private readonly int ofHandshake;
    private readonly int overhead;

    private RecordClient(RecordTap tap, CoalescingStream holding, SslStream tls, CancellationToken cancellationToken)
    {
        this.tap = tap;
        this.holding = holding;
        this.tls = tls;
        this.cancellationToken = cancellationToken;
        ofHandshake = tap.Records.Count;
        // The type and the tag; the explicit nonce and the tag of AES-GCM (RFC 8446 section 5.2, RFC 5288).
        overhead = tls.SslProtocol == SslProtocols.Tls13 ? 1 + 16 : 8 + 16;
    }

    /// <summary>
    /// How much content each record since the handshake has. Left out is what may come with the end of the handshake: tickets, and the
    /// preface of HTTP/2 where it is a record of its own.
    /// </summary>
    public string Told => string.Join(' ', tap.Records.Skip(ofHandshake)
        .Select(record => record.Type == ApplicationData ? $"{record.Length - overhead}" : $"type {record.Type}")
        .SkipWhile(static length => length is Ticket or Preface));

    /// <summary>How long the codes of the dates in HTTP/2 are: what differs in that cannot be compared.</summary>
    public string Dates
    {
        get
        {
            var lengths = new List<int>();
            for (ReadOnlySpan<byte> rest = received.ToArray(); rest.Length >= 9;)
            {
                var frame = rest[..Math.Min(rest.Length, 9 + (BinaryPrimitives.ReadInt32BigEndian(rest) >>> 8))];
                if (frame[3] == Headers && DateLength(frame[9..]) is { } length)
                    lengths.Add(length);
                rest = rest[frame.Length..];
            }
            return string.Join(' ', lengths);
        }
    }

    /// <param name="server">Where.</param>
    /// <param name="version">The version of TLS.</param>
    /// <param name="protocol">The one protocol to offer.</param>
    /// <param name="atOnce">The end of the handshake waits for the first bytes of the conversation, as with a fast browser.</param>
    /// <param name="cancellationToken">A bound.</param>
    public static async Task<RecordClient> ConnectAsync(
        IPEndPoint server, SslProtocols version, SslApplicationProtocol protocol, bool atOnce, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken);
        var holding = new CoalescingStream(new NetworkStream(socket, ownsSocket: true));
        var tap = new RecordTap(holding);
        var tls = new SslStream(tap);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = PeerServers.Name,
            EnabledSslProtocols = version,
            ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };
        await tls.AuthenticateAsClientAsync(options, cancellationToken);
        if (!atOnce)
            await holding.ReleaseAsync(cancellationToken);
        return new(tap, holding, tls, cancellationToken);
    }

    /// <summary>Sends bytes, in one segment with the end of the handshake if that was held.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        await tls.WriteAsync(bytes, cancellationToken);
        await holding.ReleaseAsync(cancellationToken);
    }

    /// <summary>Reads until all that was received is enough.</summary>
    public async Task ReadUntilAsync(Func<byte[], bool> isEnough)
    {
        var buffer = new byte[64 * 1024];
        while (!isEnough([.. received]))
        {
            var count = await tls.ReadAsync(buffer, cancellationToken);
            Assert.True(count > 0, $"The server ended after {Told}: {Encoding.Latin1.GetString([.. received])}");
            received.AddRange(buffer.AsSpan(0, count));
        }
    }

    public async Task ReadToEndAsync()
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await tls.ReadAsync(buffer, cancellationToken)) > 0;)
            received.AddRange(buffer.AsSpan(0, count));
    }

    public ValueTask DisposeAsync() => tls.DisposeAsync();

    private static int? DateLength(ReadOnlySpan<byte> block)
    {
        for (var at = 0; at + 1 < block.Length; at++)
        {
            var date = at + 2 + (block[at + 1] & 0x7f);
            if (block[at] == Server && date + 1 < block.Length && block[date] == Date)
                return block[date + 1] & 0x7f;
        }
        return null;
    }
}
