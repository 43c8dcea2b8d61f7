using System.Net.Security;
using System.Security.Authentication;
using Heliograph.Testing.Streams;

namespace Heliograph.Testing;

/// <summary>
/// The bytes of a ClientHello, inner or outer, as this machine's TLS stack writes it, for tests that check the relay's bytes.
/// </summary>
public static class InnerHello
{
    /// <summary>A hello for a name; without SNI if the name is an IP address.</summary>
    public static async Task<byte[]> ForAsync(string name, params SslApplicationProtocol[] protocols)
    {
        await using var capture = new CaptureStream();
        await using var tls = new SslStream(capture);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    ApplicationProtocols = protocols is { Length: > 0 } ? [.. protocols] : null,
                });
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // The capture answers with the end of the stream.
        }
        return capture.Written;
    }

    private sealed class CaptureStream() : StreamOverStream(Null)
    {
        private byte[] written = [];

        public byte[] Written => written;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // Only the hello: what follows is an alert about the stream that ended.
            if (written.Length == 0)
                written = buffer.ToArray();
            return ValueTask.CompletedTask;
        }
    }
}
