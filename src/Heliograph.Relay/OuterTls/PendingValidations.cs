using System.Collections.Concurrent;
using Heliograph.Tls13.Hello;

namespace Heliograph.Relay.OuterTls;

/// <summary>The validations of names by TLS-ALPN-01 (RFC 8737) that are going on. From any thread.</summary>
internal sealed class PendingValidations : IDisposable
{
    private readonly ConcurrentDictionary<string, TlsContext> contexts = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="CertificateException">OpenSSL does not accept the certificate or its key.</exception>
    public void Begin(string serverName, ServerCertificate certificate) =>
        contexts[serverName] = TlsContext.CreateForValidation(certificate);

    /// <summary>The context is left to its finalizer, as a loop may still use it.</summary>
    public void End(string serverName) => contexts.TryRemove(serverName, out _);

    /// <summary>The validation's context for its validator; null for everyone else.</summary>
    public TlsContext? Find(ClientHello? hello) =>
        !contexts.IsEmpty && hello is { ApplicationProtocols: ["acme-tls/1"], ServerName: { } name }
            ? contexts.GetValueOrDefault(name)
            : null;

    public void Dispose()
    {
        foreach (var context in contexts.Values)
            context.Dispose();
    }
}
