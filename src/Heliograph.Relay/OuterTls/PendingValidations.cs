using System.Collections.Concurrent;
using Heliograph.Tls13.Hello;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The validations of names by TLS-ALPN-01 (RFC 8737) that are going on. No ordinary client ever gets their certificates. From any thread.
/// </summary>
public sealed class PendingValidations : IDisposable
{
    private readonly Lock changing = new();

    /// <summary>By the name in the validator's server_name; those of one name in the order in which they began.</summary>
    private readonly ConcurrentDictionary<string, TlsContext[]> contexts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Answers the validation of a name until the lease is disposed of. Several orders may be about one name, those of other machines among
    /// them: a validator gets the answer to the newest. Its hello does not say which order it is for, and of several the newest is the most
    /// likely to be validated now; the older are mostly of machines that have stalled.
    /// </summary>
    /// <param name="serverName">
    /// The name in the validator's server_name: the identifier, or for an IP address its reverse name (RFC 8738 section 6).
    /// </param>
    /// <param name="certificate">The self-signed validation certificate.</param>
    /// <exception cref="CertificateException">OpenSSL does not accept the certificate.</exception>
    public IDisposable Begin(string serverName, ServerCertificate certificate)
    {
        var context = TlsContext.CreateForValidation(certificate);
        lock (changing)
            contexts[serverName] = [.. contexts.GetValueOrDefault(serverName) ?? [], context];
        return new Lease(this, serverName, context);
    }

    /// <summary>The validation's context for its validator; null for everyone else.</summary>
    internal TlsContext? Find(ClientHello? hello) =>
        !contexts.IsEmpty && hello is { ApplicationProtocols: ["acme-tls/1"], ServerName: { } name }
            ? contexts.GetValueOrDefault(name)?[^1]
            : null;

    public void Dispose()
    {
        foreach (var context in contexts.Values.SelectMany(static all => all))
            context.Dispose();
    }

    /// <summary>The context is left to its finalizer, as a loop may still use it.</summary>
    private void End(string serverName, TlsContext context)
    {
        lock (changing)
        {
            if (!contexts.TryGetValue(serverName, out var all))
                return;
            TlsContext[] left = [.. all.Where(one => one != context)];
            if (left.Length > 0)
                contexts[serverName] = left;
            else
                contexts.TryRemove(serverName, out _);
        }
    }

    private sealed class Lease(PendingValidations validations, string serverName, TlsContext context) : IDisposable
    {
        public void Dispose() => validations.End(serverName, context);
    }
}
