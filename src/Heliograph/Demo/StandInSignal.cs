using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Heliograph.Certificates;
using Heliograph.Platform.Pem;

namespace Heliograph.Demo;

/// <summary>A connection as it reached Signal.</summary>
/// <param name="From">The address of the client.</param>
/// <param name="Received">The received bytes, still encrypted.</param>
/// <param name="Sent">The sent bytes, encrypted.</param>
/// <param name="Messages">The messages received.</param>
internal sealed record SignalView(IPAddress From, byte[] Received, byte[] Sent, IReadOnlyList<byte[]> Messages);

/// <summary>Signal's servers on loopback, with an authority of their own: sends every message back.</summary>
internal sealed class StandInSignal : IDisposable
{
    private readonly Func<byte[], byte[]> answer;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly X509Certificate2 leaf;
    private readonly SslStreamCertificateContext certificate;

    /// <summary>Starts listening.</summary>
    /// <param name="names">The hosts that it stands in for.</param>
    /// <param name="answer">How it answers a message.</param>
    /// <param name="now">The time at which its certificate is created.</param>
    public StandInSignal(IReadOnlyList<string> names, Func<byte[], byte[]> answer, DateTimeOffset now)
    {
        this.answer = answer;
        var (chain, key) = SelfSignedPair.Create(names, now);
        var all = ChainPem.ReadRoots(Encoding.ASCII.GetBytes(chain));
        using var privateKey = ECDsa.Create();
        privateKey.ImportPkcs8PrivateKey(PrivateKeyPem.Read(key), out _);
        leaf = all[0].CopyWithPrivateKey(privateKey);
        Authority = all[^1];
        certificate = SslStreamCertificateContext.Create(leaf, all, offline: true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>Signs its certificate; clients trust it and no other.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>A client has connected and is not served yet.</summary>
    public bool HasCaller => listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>Serves the next connection to its end.</summary>
    public async Task<SignalView> ServeAsync(CancellationToken cancellationToken)
    {
        using var socket = await listener.AcceptAsync(cancellationToken);
        var from = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        await using var raw = new RecordingStream(new NetworkStream(socket));
        await using var tls = new SslStream(raw);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, cancellationToken);
        var messages = new List<byte[]>();
        while (await Frame.ReadAsync(tls, cancellationToken) is { } message)
        {
            messages.Add(message);
            await Frame.WriteAsync(tls, answer(message), cancellationToken);
        }
        await tls.ShutdownAsync();
        return new SignalView(from, raw.Received.Bytes, raw.Sent.Bytes, messages);
    }

    public void Dispose()
    {
        listener.Dispose();
        Authority.Dispose();
        leaf.Dispose();
    }
}
