using System.Collections.Concurrent;
using Heliograph.Acme;
using Heliograph.Acme.Challenges;
using Heliograph.Relay;

namespace Heliograph.Certificates;

/// <summary>Answers the certificate authority's challenges on the relay's port and port 80. Nothing here is ever logged.</summary>
internal sealed class ChallengePorts : ITlsAlpnResponder, IHttpResponder
{
    private readonly ConcurrentDictionary<string, string> keyAuthorizations = new(StringComparer.Ordinal);
    private readonly Dictionary<SharedProof, IDisposable> others = [];
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

    /// <summary>Answers the challenges of other machines' orders: these, and none of those before that is not among them.</summary>
    public void ServeOthers(IReadOnlyList<SharedProof> proofs, DateTimeOffset now)
    {
        foreach (var gone in others.Keys.Except(proofs).ToList())
        {
            others.Remove(gone, out var lease);
            lease!.Dispose();
        }
        foreach (var proof in proofs.Where(proof => !others.ContainsKey(proof)))
        {
            if (proof.Type == ChallengeTypes.TlsAlpn01)
                others.Add(proof, Serve(TlsAlpnValidation.Create(proof, now)));
            else if (proof.Type == ChallengeTypes.Http01)
                others.Add(proof, Serve(proof.Token, proof.KeyAuthorization));
        }
    }

    private sealed class Lease(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
