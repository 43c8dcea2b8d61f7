using Heliograph.Tls13.Session;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// The answer to a ClientHello: what to send, and the keys of what follows. A <see cref="HandshakeSession"/> takes over its keys.
/// </summary>
public readonly ref struct HandshakeAnswer : IDisposable
{
    internal HandshakeAnswer(ReadOnlySpan<byte> flight, ReadOnlySpan<byte> applicationProtocol, SessionKeys keys, ClientFinished awaited)
    {
        Flight = flight;
        ApplicationProtocol = applicationProtocol;
        Keys = keys;
        Awaited = awaited;
    }

    /// <summary>The server's flight, in whole records; valid until the <see cref="HandshakeServer"/> answers the next hello.</summary>
    public ReadOnlySpan<byte> Flight { get; }

    /// <summary>The protocol that ALPN selected (RFC 7301); empty: the client offered none.</summary>
    public ReadOnlySpan<byte> ApplicationProtocol { get; }

    /// <summary>The keys until the client's Finished; of these the server's stays.</summary>
    internal SessionKeys Keys { get; }

    internal ClientFinished Awaited { get; }

    /// <summary>Wipes the keys of an answer that is not sent.</summary>
    public void Dispose()
    {
        Awaited.Dispose();
        Keys.Client.Dispose();
        Keys.Server.Dispose();
    }
}
