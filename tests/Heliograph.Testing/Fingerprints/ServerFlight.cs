using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Heliograph.Testing.Streams;

namespace Heliograph.Testing.Fingerprints;

/// <summary>
/// The records that a server sends to a client that completes its handshake, sends nothing and leaves: the lengths of the first
/// flight, and of the session tickets after it, distinguish one TLS stack from another.
/// </summary>
public sealed record ServerFlight
{
    private const byte Alert = 21;
    private const byte ApplicationData = 23;

    /// <summary>An alert of two bytes, its inner content type and the tag of AEAD.</summary>
    private const int EncryptedAlertLength = 2 + 1 + 16;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Every record until the server closed.</summary>
    public required IReadOnlyList<TlsRecord> Records { get; init; }

    /// <summary>Whether the server closed with an alert such as close_notify.</summary>
    public bool EndsWithAlert =>
        Records is [.., { Type: Alert }]
        || (Records.Any(record => record.Type == ApplicationData) && Records is [.., { Length: EncryptedAlertLength }]);

    /// <summary>
    /// The lengths of the encrypted records of TLS 1.3 without the closing alert: EncryptedExtensions, Certificate, CertificateVerify,
    /// Finished, tickets.
    /// </summary>
    public IReadOnlyList<int> EncryptedLengths =>
        [.. Records.SkipLast(EndsWithAlert ? 1 : 0).Where(record => record.Type == ApplicationData).Select(record => record.Length)];

    /// <param name="server">Where to connect.</param>
    /// <param name="hostName">The name for server_name; empty for a hello without one.</param>
    /// <param name="protocol">The one version offered.</param>
    /// <param name="applicationProtocols">What ALPN offers; nothing for a hello without it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<ServerFlight> CaptureAsync(
        IPEndPoint server,
        string hostName,
        SslProtocols protocol,
        IReadOnlyList<string> applicationProtocols,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, limit.Token);
        await using var recording = new RecordingStream(new NetworkStream(socket));
        await using var tls = new SslStream(recording);
        await tls.AuthenticateAsClientAsync(Options(hostName, protocol, applicationProtocols), limit.Token);
        // The tickets follow the client's Finished. After both sides' closing alerts nothing more arrives: no need to guess how long
        // to wait.
        await tls.ShutdownAsync();
        await DrainAsync(recording, limit.Token);
        return new ServerFlight { Records = Split(recording.Beginning()) };
    }

    private static SslClientAuthenticationOptions Options(
        string hostName, SslProtocols protocol, IReadOnlyList<string> applicationProtocols) =>
        new()
        {
            TargetHost = hostName,
            EnabledSslProtocols = protocol,
            ApplicationProtocols =
                applicationProtocols.Count == 0 ? null : [.. applicationProtocols.Select(name => new SslApplicationProtocol(name))],
            // A resumed session has a different flight.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };

    private static async Task DrainAsync(RecordingStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // Some servers close with a reset. What they sent has arrived.
        }
    }

    private static List<TlsRecord> Split(ReadOnlySpan<byte> received)
    {
        var records = new List<TlsRecord>();
        while (received.Length >= 5)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(received[3..]);
            if (received.Length < 5 + length)
                throw new InvalidDataException($"The server closed within a record of {length} bytes after {string.Join(", ", records)}.");
            records.Add(new TlsRecord(received[0], length));
            received = received[(5 + length)..];
        }

        return records;
    }
}
