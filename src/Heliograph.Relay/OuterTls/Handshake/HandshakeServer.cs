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
/// <param name="records">The loop's record layer.</param>
internal sealed class HandshakeServer(RecordLayer records) : IDisposable
{
    private readonly KeyExchange exchange = new();
    private readonly CertificateSigner signer = new();
    private readonly ServerFlight flight = new(records);
    private long answered;

    /// <summary>Flights sent.</summary>
    public long Answered => Volatile.Read(ref answered);

    /// <summary>Sends the flight, if this hello is one of those it is for.</summary>
    /// <param name="loop">The socket's.</param>
    /// <param name="context">The certificate.</param>
    /// <param name="socket">The client's; the channel's from then on.</param>
    /// <param name="hello">What has come, of which the reader says that it is a hello; taken then.</param>
    /// <returns>The channel, which waits for the client's Finished; null: nothing was done, and the hello is libssl's.</returns>
    public Tls13Channel? TryAnswer(EventLoop loop, TlsContext context, LoopSocket socket, PendingBytes hello)
    {
        if (context.SigningKey == 0 || Write(context, hello.Span, out var http2) is not var (awaited, clientKey, serverKey))
            return null;
        hello.Dispose();
        Volatile.Write(ref answered, answered + 1);
        var channel = new Tls13Channel(loop, records, clientKey, serverKey, socket, awaited, http2);
        channel.SendFlight(flight.Written);
        return channel;
    }

    /// <summary>The flight that answers a hello; to be looked at, and not to be sent.</summary>
    /// <returns>Empty: it is not for such a hello.</returns>
    public ReadOnlySpan<byte> Sample(TlsContext context, ReadOnlySpan<byte> hello)
    {
        if (Write(context, hello, out _) is not var (awaited, clientKey, serverKey))
            return default;
        awaited.Dispose();
        clientKey.Dispose();
        serverKey.Dispose();
        return flight.Written;
    }

    /// <summary>Lets go of a certificate's key that is served no more; on the loop.</summary>
    public void Forget() => signer.Forget();

    public void Dispose()
    {
        exchange.Dispose();
        signer.Dispose();
        flight.Dispose();
    }

    private (ClientFinished Awaited, TrafficKey ClientKey, TrafficKey ServerKey)? Write(TlsContext context, ReadOnlySpan<byte> hello, out bool http2)
    {
        http2 = false;
        if (!ClientOffer.TryRead(hello, out var offer) || !context.TrySelectProtocol(offer.ProtocolNames, out var protocol))
            return null;
        Span<byte> share = stackalloc byte[ClientOffer.KeyShareLength], shared = stackalloc byte[ClientOffer.KeyShareLength];
        if (!exchange.TryAgree(offer.KeyShare, share, shared))
            return null;
        http2 = protocol.SequenceEqual("h2"u8);
        try
        {
            flight.WriteHello(hello[HandshakeRecord.HeaderLength..], offer, share, shared);
            flight.WriteEncryptedExtensions(offer.NamesServer, protocol);
            flight.WriteCertificate(context, signer);
            return flight.Finish(context);
        }
        catch (Exception e) when (e is InvalidOperationException or CryptographicException)
        {
            // OpenSSL does not do its part. Nothing was sent yet: libssl may know what to say.
            flight.Abandon();
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
        }
    }
}
