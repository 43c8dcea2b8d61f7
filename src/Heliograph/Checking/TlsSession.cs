using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Checking;

/// <summary>TLS with a server, whatever its certificate: that is evaluated separately.</summary>
internal sealed class TlsSession : IAsyncDisposable
{
    private readonly AnswerTap tap;

    private TlsSession(Stream below)
    {
        tap = new AnswerTap(below);
        Stream = new SslStream(tap);
    }

    public SslStream Stream { get; }

    public CertificateCheck? Certificate { get; private set; }

    /// <summary>Why the handshake failed; null: it succeeded.</summary>
    public Trouble? Trouble { get; private set; }

    public string Protocol => Stream.SslProtocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        var other => other.ToString(),
    };

    /// <summary>Performs the handshake. Does not throw for anything that a server does.</summary>
    /// <param name="below">The connection; the session owns it.</param>
    /// <param name="host">The server's name; for an address no SNI is sent, as in Signal's clients.</param>
    /// <param name="verifier">For its certificate.</param>
    /// <param name="alpn">The protocols to offer.</param>
    /// <param name="clock">Bounds the handshake.</param>
    public static async Task<TlsSession> StartAsync(
        Stream below, string host, CertificateVerifier verifier, List<SslApplicationProtocol>? alpn, CheckClock clock)
    {
        var session = new TlsSession(below);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = alpn,
            CertificateChainPolicy = CertificateVerifier.Policy(null),
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                // Accept any certificate, so that other faults of the server show too. No user data goes over this connection.
                session.Certificate = certificate is X509Certificate2 leaf
                    ? verifier.Evaluate(leaf, chain?.ChainPolicy.ExtraStore ?? [])
                    : null;
                return session.Certificate is not null;
            },
        };
        try
        {
            await clock.RunAsync(async cancellationToken =>
            {
                await session.Stream.AuthenticateAsClientAsync(options, cancellationToken);
                return true;
            });
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            session.Trouble = Trouble.FromHandshake(exception, session.tap.First, clock);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
        return session;
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
