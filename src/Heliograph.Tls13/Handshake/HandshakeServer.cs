using System.Security.Cryptography;
using Heliograph.Tls13.Hello;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// Answers ClientHellos with a TLS 1.3 server's flight (RFC 8446 section 4), record by record what OpenSSL sends under nginx. For one
/// thread.
/// </summary>
/// <remarks>
/// It takes the place of SSL_do_handshake, which costs more than twice as much as its cryptography
/// (docs/adr/0015-handshake-without-libssl.md). It does full handshakes over X25519 with a P-256 certificate only, as Signal's clients and
/// browsers do them. libssl does all others.
/// </remarks>
/// <param name="records">The thread's record layer; not owned.</param>
public sealed class HandshakeServer(RecordLayer records) : IDisposable
{
    private readonly KeyExchange exchange = new();
    private readonly CertificateSigner signer = new();
    private readonly ServerFlight flight = new(records);
    private long answered;

    /// <summary>The cipher suites that it can agree on, by their numbers in the protocol.</summary>
    public static IReadOnlyList<int> CipherSuites { get; } = [.. CipherSuite.All.Select(static suite => suite.Id)];

    /// <summary>How many hellos it has answered; from any thread.</summary>
    public long Answered => Volatile.Read(ref answered);

    /// <summary>Answers a hello, if it is one that it is made for.</summary>
    /// <param name="identity">Who the server is.</param>
    /// <param name="hello">
    /// The first bytes of the connection, for which <see cref="ClientHelloReader"/> gave <see cref="HelloStatus.Hello"/>.
    /// </param>
    /// <param name="answer">The answer; owned by the caller.</param>
    /// <returns>False: nothing was done, and the hello is libssl's to answer.</returns>
    public bool TryAnswer(ServerIdentity identity, ReadOnlySpan<byte> hello, out HandshakeAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(identity);
        answer = default;
        if (!ClientOffer.TryRead(hello, out var offer) || !identity.TrySelectProtocol(offer.ProtocolNames, out var protocol))
            return false;
        Span<byte> share = stackalloc byte[ClientOffer.KeyShareLength], shared = stackalloc byte[ClientOffer.KeyShareLength];
        if (!exchange.TryAgree(offer.KeyShare, share, shared))
            return false;
        try
        {
            flight.WriteHello(hello[HandshakeRecord.HeaderLength..], offer, share, shared);
            flight.WriteEncryptedExtensions(offer.NamesServer, protocol);
            flight.WriteCertificate(identity, signer);
            var (awaited, keys) = flight.Finish(identity);
            answer = new(flight.Written, protocol, keys, awaited);
            Volatile.Write(ref answered, answered + 1);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or CryptographicException)
        {
            // OpenSSL has failed at its part. Nothing was sent yet: libssl may know what to say.
            flight.Abandon();
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
        }
    }

    /// <summary>Lets go of the key of an identity that is no longer served.</summary>
    public void Forget() => signer.Forget();

    public void Dispose()
    {
        exchange.Dispose();
        signer.Dispose();
        flight.Dispose();
    }
}
