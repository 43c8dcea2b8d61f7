using System.Net;
using System.Net.Security;

namespace Heliograph.Checking;

/// <summary>What came back through the proxy for an inner hello.</summary>
/// <param name="Name">The inner name.</param>
/// <param name="Trouble">Null: a host behind the proxy completed the handshake.</param>
/// <param name="Certificate">Of that host; null if the handshake did not get that far.</param>
/// <param name="Protocol">Of the inner TLS.</param>
/// <param name="TookMs">From the inner hello to the end of the handshake, or of the wait for it.</param>
/// <param name="IsOuter">The outer connection failed: the proxy did not accept one more.</param>
internal sealed record InnerAnswer(
    string Name, Trouble? Trouble, CertificateCheck? Certificate, string? Protocol, double TookMs, bool IsOuter = false)
{
    /// <summary>A host answered in TLS: the proxy relayed the bytes.</summary>
    public bool IsRelayed => !IsOuter && (Trouble is null || Certificate is not null);
}

/// <summary>Does what a Signal client does: TLS to the proxy, and inside it a handshake with one of the hosts behind it.</summary>
internal static class InnerProbe
{
    public static async Task<InnerAnswer> AskAsync(IPEndPoint proxy, string name, CheckOptions options, CheckClock clock)
    {
        Stream tcp;
        try
        {
            tcp = await Dial.ProxyAsync(proxy, options, clock);
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return new(name, Trouble.FromConnect(exception, clock), null, null, 0, IsOuter: true);
        }
        await using var outer = await TlsSession.StartAsync(
            tcp, options.Proxy.Host, ProxyEndpoint.CreateVerifier(options, clock), alpn: null, clock);
        if (outer.Trouble is not null)
            return new(name, outer.Trouble, null, null, 0, IsOuter: true);
        var started = clock.Time.GetTimestamp();
        // Signal's clients offer the protocol that the host speaks: h2 for chat, http/1.1 for the others. Offer both; the host picks.
        await using var inner = await TlsSession.StartAsync(
            outer.Stream, name, CreateVerifier(name, options, clock), [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], clock);
        return new(name, inner.Trouble, inner.Certificate, inner.Trouble is null ? inner.Protocol : null, clock.Since(started));
    }

    /// <summary>Signal's own hosts have certificates from Signal's own authority; some others have public ones.</summary>
    public static CertificateVerifier CreateVerifier(string name, CheckOptions options, CheckClock clock) => new(
        name,
        options.SignalRoots is null ? [TrustedRoots.System] : [new TrustedRoots("--signal-root", options.SignalRoots), TrustedRoots.System],
        clock.Time);
}
