using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Checking;

/// <summary>TLS with a server, whatever its certificate is: that is judged beside it.</summary>
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

    /// <summary>Why there is none; null: the handshakes agreed.</summary>
    public Trouble? Trouble { get; private set; }

    public string Protocol => Stream.SslProtocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        var other => other.ToString(),
    };

    /// <summary>Handshakes. Does not throw for what a server does.</summary>
    /// <param name="below">Taken over.</param>
    /// <param name="host">The server's name; an address sends none, as in Signal's clients.</param>
    /// <param name="judge">Of its certificate.</param>
    /// <param name="alpn">What is offered.</param>
    /// <param name="clock">Bounds it.</param>
    public static async Task<TlsSession> StartAsync(Stream below, string host, CertificateVerifier judge, List<SslApplicationProtocol>? alpn, CheckClock clock)
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
                // Whatever it is like: what else is wrong with the server is to be seen too. Nothing of anybody's goes over this connection.
                session.Certificate = certificate is X509Certificate2 leaf ? judge.Judge(leaf, chain?.ChainPolicy.ExtraStore ?? []) : null;
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
            session.Trouble = Trouble.OfHandshake(exception, session.tap.First, clock);
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
