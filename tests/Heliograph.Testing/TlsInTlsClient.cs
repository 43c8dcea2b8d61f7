using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Streams;

namespace Heliograph.Testing;

/// <summary>How a <see cref="TlsInTlsClient"/> behaves at each layer.</summary>
public sealed record TlsInTlsOptions
{
    public required IPEndPoint Proxy { get; init; }

    /// <summary>Signs both certificates.</summary>
    public required TestAuthority Authority { get; init; }

    /// <summary>The address that the client connects from.</summary>
    public IPAddress? From { get; init; }

    /// <summary>Sent before anything else: the header of a load balancer in front of the proxy.</summary>
    public ReadOnlyMemory<byte> Preamble { get; init; }

    /// <summary>Sees the outer hello before it is sent.</summary>
    public Action<ReadOnlyMemory<byte>>? OnHello { get; init; }

    /// <summary>The proxy's name in the outer hello; an IP address sends no SNI, as libsignal does.</summary>
    public string OuterName { get; init; } = "proxy.example";

    /// <summary>Goes on if the proxy's certificate is for another name, as a prober does.</summary>
    public bool AcceptsAnyOuterName { get; init; }

    public SslProtocols OuterProtocols { get; init; } = SslProtocols.None;

    public IReadOnlyList<SslApplicationProtocol> OuterAlpn { get; init; } = [];

    public string InnerName { get; init; } = "chat.signal.org";

    public SslProtocols InnerProtocols { get; init; } = SslProtocols.None;

    public IReadOnlyList<SslApplicationProtocol> InnerAlpn { get; init; } = [];

    /// <summary>Bytes in a TCP segment; null leaves it to the kernel.</summary>
    public int? SegmentBytes { get; init; }

    /// <summary>Bytes of the inner stream in one outer record; null leaves it to the TLS stack.</summary>
    public int? OuterRecordBytes { get; init; }

    /// <summary>Splitting stops after this many bytes.</summary>
    public long SplitLimit { get; init; } = long.MaxValue;

    /// <summary>Bytes of the inner hello in one inner record; null leaves it in one.</summary>
    public int? InnerHelloRecordBytes { get; init; }

    /// <summary>Sends the inner hello together with the outer Finished.</summary>
    public bool HelloWithFinished { get; init; }

    /// <summary>The outer session may be resumed.</summary>
    public bool AllowResume { get; init; } = true;
}

/// <summary>Speaks as a Signal client does: TLS to the proxy, and inside it TLS to Signal.</summary>
public sealed class TlsInTlsClient : IAsyncDisposable
{
    private CoalescingStream? coalescing;

    private TlsInTlsClient(Socket socket, SslStream outer)
    {
        Socket = socket;
        Outer = outer;
    }

    public Socket Socket { get; }

    /// <summary>TLS with the proxy.</summary>
    public SslStream Outer { get; }

    /// <summary>TLS with Signal through the proxy; after <see cref="HandshakeInnerAsync"/>.</summary>
    public SslStream Inner { get; private set; } = null!;

    /// <summary>The sizes of the writes to the socket while the hello and the Finished were held together.</summary>
    public IReadOnlyList<int> CoalescedWrites => coalescing?.Sent ?? [];

    /// <summary>Both handshakes.</summary>
    public static async Task<TlsInTlsClient> ConnectAsync(TlsInTlsOptions options, CancellationToken cancellationToken)
    {
        var client = await ConnectOuterAsync(options, cancellationToken);
        try
        {
            await client.HandshakeInnerAsync(options, cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>The outer handshake only; for visitors, and for tests that write the inner bytes themselves.</summary>
    public static async Task<TlsInTlsClient> ConnectOuterAsync(TlsInTlsOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (options.From is not null)
                socket.Bind(new IPEndPoint(options.From, 0));
            await socket.ConnectAsync(options.Proxy, cancellationToken);
            Stream below = new NetworkStream(socket, ownsSocket: true);
            if (options.SegmentBytes is { } segment)
                below = new SplittingStream(below, segment, options.SplitLimit);
            await below.WriteAsync(options.Preamble, cancellationToken);
            if (options.OnHello is { } show)
                below = new FirstWriteStream(below, show);
            var coalescing = options.HelloWithFinished ? new CoalescingStream(below) : null;
            var outer = options.AcceptsAnyOuterName
                ? new SslStream(coalescing ?? below, leaveInnerStreamOpen: false, static (_, _, _, _) => true)
                : new SslStream(coalescing ?? below);
            await outer.AuthenticateAsClientAsync(
                Authentication(options, options.OuterName, options.OuterProtocols, options.OuterAlpn), cancellationToken);
            return new TlsInTlsClient(socket, outer) { coalescing = coalescing };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task HandshakeInnerAsync(TlsInTlsOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        Stream below = Outer;
        if (options.OuterRecordBytes is { } record)
            below = new SplittingStream(below, record, options.SplitLimit);
        if (options.InnerHelloRecordBytes is { } piece)
            below = new HelloFragmentingStream(below, piece);
        Inner = new SslStream(below);
        await Inner.AuthenticateAsClientAsync(
            Authentication(options, options.InnerName, options.InnerProtocols, options.InnerAlpn), cancellationToken);
        if (coalescing is not null)
            await coalescing.ReleaseAsync(cancellationToken);
    }

    /// <summary>Ends the connection with RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        // No close_notify on either layer, as libsignal does: the end of TCP is the end.
        Socket.Dispose();
        if (Inner is not null)
            await Inner.DisposeAsync();
        await Outer.DisposeAsync();
    }

    private static SslClientAuthenticationOptions Authentication(
        TlsInTlsOptions options, string name, SslProtocols protocols, IReadOnlyList<SslApplicationProtocol> alpn) => new()
        {
            TargetHost = name,
            EnabledSslProtocols = protocols,
            ApplicationProtocols = alpn.Count > 0 ? [.. alpn] : null,
            CertificateChainPolicy = options.Authority.ChainPolicy(),
            AllowTlsResume = options.AllowResume,
        };
}
