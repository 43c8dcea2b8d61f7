using System.Security.Cryptography;
using Heliograph.Relay.Hello;
using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;

namespace Heliograph.Relay.OuterTls.Handshake;

/// <summary>
/// Answers ClientHellos with a TLS 1.3 server's flight (RFC 8446 section 4), record by record what OpenSSL sends under nginx. For all connections of a loop.
/// </summary>
/// <remarks>
/// In place of SSL_do_handshake, which costs more than twice what its cryptography does (docs/adr/0015-handshake-without-libssl.md). Full handshakes over X25519 with a P-256 certificate
/// only, which are Signal's clients' and browsers'; the rest is libssl's.
/// </remarks>
internal sealed class HandshakeServer : IDisposable
{
    private readonly EventLoop loop;
    private readonly RecordLayer records;
    private readonly KeyExchange exchange = new();
    private readonly CertificateSigner signer = new();
    private readonly ServerFlight flight;

    /// <param name="loop">The connections' loop.</param>
    /// <param name="records">The loop's record layer.</param>
    public HandshakeServer(EventLoop loop, RecordLayer records)
    {
        this.loop = loop;
        this.records = records;
        flight = new ServerFlight(records);
    }

    /// <summary>Sends the flight, if this hello is one of those it is for.</summary>
    /// <param name="context">The certificate.</param>
    /// <param name="socket">The client's; the channel's from then on.</param>
    /// <param name="hello">What has come, of which the reader says that it is a hello; taken then.</param>
    /// <returns>The channel, which waits for the client's Finished; null: nothing was done, and the hello is libssl's.</returns>
    public Tls13Channel? TryAnswer(TlsContext context, LoopSocket socket, PendingBytes hello)
    {
        if (context.SigningKey == 0 || !ClientOffer.TryRead(hello.Span, out var offer) || !context.TrySelectProtocol(offer.ProtocolNames, out var protocol))
            return null;
        Span<byte> share = stackalloc byte[ClientOffer.KeyShareLength], shared = stackalloc byte[ClientOffer.KeyShareLength];
        if (!exchange.TryAgree(offer.KeyShare, share, shared))
            return null;

        flight.WriteHello(hello.Span[HandshakeRecord.HeaderLength..], offer, share, shared);
        flight.WriteEncryptedExtensions(offer.NamesServer, protocol);
        flight.WriteCertificate(context, signer);
        var (awaited, clientKey, serverKey) = flight.Finish(context);
        CryptographicOperations.ZeroMemory(shared);
        hello.Dispose();
        var channel = new Tls13Channel(loop, records, clientKey, serverKey, socket, awaited, protocol.SequenceEqual("h2"u8));
        channel.SendFlight(flight.Written);
        return channel;
    }

    public void Dispose()
    {
        exchange.Dispose();
        signer.Dispose();
        flight.Dispose();
    }
}
