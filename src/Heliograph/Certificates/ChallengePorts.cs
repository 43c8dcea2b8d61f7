using System.Collections.Concurrent;
using Heliograph.Acme.Challenges;
using Heliograph.Relay;

namespace Heliograph.Certificates;

/// <summary>Answers the certificate authority's challenges on the relay's port and port 80. Nothing here is ever logged.</summary>
internal sealed class ChallengePorts : ITlsAlpnResponder, IHttpResponder
{
    private readonly ConcurrentDictionary<string, string> keyAuthorizations = new(StringComparer.Ordinal);
    private RelayServer? relay;

    /// <summary>Must be called before the first order.</summary>
    public void Attach(RelayServer relay) => this.relay = relay;

    /// <summary>What port 80 answers for a token; null: the token is unknown.</summary>
    public string? KeyAuthorization(string token) => keyAuthorizations.GetValueOrDefault(token);

    public IDisposable Serve(TlsAlpnValidation validation)
    {
        relay!.BeginValidation(validation.ServerName, PemCertificate.Read(validation.CertificatePem, validation.KeyPem));
        return new Lease(() => relay.EndValidation(validation.ServerName));
    }

    public IDisposable Serve(string token, string keyAuthorization)
    {
        keyAuthorizations[token] = keyAuthorization;
        return new Lease(() => keyAuthorizations.TryRemove(token, out _));
    }

    private sealed class Lease(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
