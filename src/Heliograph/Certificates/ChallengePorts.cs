using Heliograph.Acme;
using Heliograph.Acme.Challenges;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>
/// Answers the certificate authority's challenges on the relay's port and port 80. Several orders may be about one name, those of other
/// machines among them: the end of one takes no answer of another away. Nothing here is ever logged.
/// </summary>
internal sealed class ChallengePorts : ITlsAlpnResponder, IHttpResponder
{
    private readonly Lock changing = new();
    private readonly List<HttpAnswer> answers = [];
    private readonly Dictionary<SharedProof, IDisposable> others = [];

    /// <summary>What the relay answers.</summary>
    public PendingValidations Validations { get; } = new();

    /// <summary>What port 80 answers for a token; null: the token is unknown.</summary>
    public string? KeyAuthorization(string token)
    {
        lock (changing)
            return answers.FindLast(answer => answer.Token == token)?.KeyAuthorization;
    }

    public IDisposable Serve(TlsAlpnValidation validation) =>
        Validations.Begin(validation.ServerName, PemCertificate.Read(validation.CertificatePem, validation.KeyPem));

    public IDisposable Serve(string token, string keyAuthorization)
    {
        var answer = new HttpAnswer(token, keyAuthorization);
        lock (changing)
            answers.Add(answer);
        return new Lease(() =>
        {
            lock (changing)
                answers.RemoveAll(one => ReferenceEquals(one, answer));
        });
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

    private sealed record HttpAnswer(string Token, string KeyAuthorization);

    private sealed class Lease(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
