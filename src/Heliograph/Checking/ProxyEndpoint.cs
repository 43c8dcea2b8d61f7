using System.Net;

namespace Heliograph.Checking;

/// <summary>One address of the proxy: whether it accepts connections, speaks TLS and has a certificate that clients accept.</summary>
internal sealed record ProxyEndpoint
{
    public required IPEndPoint Endpoint { get; init; }

    public Trouble? TcpTrouble { get; init; }

    public double TcpMs { get; init; }

    public Trouble? TlsTrouble { get; init; }

    public double TlsMs { get; init; }

    public string? Protocol { get; init; }

    public CertificateCheck? Certificate { get; init; }

    public bool IsConnected => TcpTrouble is null;

    /// <summary>The TLS handshake succeeds, whatever the certificate.</summary>
    public bool IsOpen => IsConnected && TlsTrouble is null && Certificate is not null;

    /// <summary>Signal's clients can use it.</summary>
    public bool IsGood => IsOpen && Certificate!.VerifiedBy is not null;

    public static async Task<ProxyEndpoint> ProbeAsync(IPEndPoint endpoint, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        Stream stream;
        try
        {
            stream = await Dial.ProxyAsync(endpoint, options, clock);
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return new ProxyEndpoint
            {
                Endpoint = endpoint,
                TcpTrouble = Trouble.FromConnect(exception, clock),
                TcpMs = clock.Since(started),
            };
        }
        var connected = new ProxyEndpoint { Endpoint = endpoint, TcpMs = clock.Since(started) };
        started = clock.Time.GetTimestamp();
        await using var session = await TlsSession.StartAsync(
            stream, options.Proxy.Host, CreateVerifier(options, clock), alpn: null, clock);
        return connected with
        {
            TlsTrouble = session.Trouble,
            TlsMs = clock.Since(started),
            Protocol = session.Trouble is null ? session.Protocol : null,
            Certificate = session.Certificate,
        };
    }

    /// <summary>For the outer certificate.</summary>
    public static CertificateVerifier CreateVerifier(CheckOptions options, CheckClock clock) => new(
        options.Proxy.Host,
        options.CaRoots is null ? [TrustedRoots.System] : [new TrustedRoots("--ca-root", options.CaRoots), TrustedRoots.System],
        clock.Time);
}
