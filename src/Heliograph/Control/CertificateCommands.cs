using Heliograph.Acme;
using Heliograph.Certificates;

namespace Heliograph.Control;

/// <summary>The commands that the running server offers for <c>heliograph certificate</c>.</summary>
internal sealed class CertificateCommands(CertificateInUse certificates)
{
    public const string Show = "certificate-show";
    public const string Renew = "certificate-renew";
    public const string Revoke = "certificate-revoke";
    public const string RollAccountKey = "certificate-roll-account-key";

    /// <summary>What is said once it is done, by a server or without one.</summary>
    public const string AccountKeyRolled = "The account has a new key; whoever has the old one can do nothing with it any more.";

    /// <summary>RFC 5280 section 5.3.1, in the words of the command line.</summary>
    public static readonly IReadOnlyDictionary<string, RevocationReason> Reasons = new Dictionary<string, RevocationReason>(
        StringComparer.Ordinal)
    {
        ["unspecified"] = RevocationReason.Unspecified,
        ["key-compromise"] = RevocationReason.KeyCompromise,
        ["affiliation-changed"] = RevocationReason.AffiliationChanged,
        ["superseded"] = RevocationReason.Superseded,
        ["cessation-of-operation"] = RevocationReason.CessationOfOperation,
    };

    public IEnumerable<KeyValuePair<string, ControlCommand>> All =>
        [
            new(
                Show,
                (_, _) => Task.FromResult(
                    new ControlResponse { Ok = true, Certificate = certificates.Describe() with { Running = true } })),
            new(Renew, (request, cancellationToken) => WithAcmeAsync(source => RenewAsync(source, request, cancellationToken))),
            new(RollAccountKey, (_, cancellationToken) => WithAcmeAsync(source => RollAccountKeyAsync(source, cancellationToken))),
            new(Revoke, (request, cancellationToken) => WithAcmeAsync(source => RevokeAsync(source, request.Reason, cancellationToken))),
        ];

    private static async Task<ControlResponse> RenewAsync(
        AcmeSource source, ControlRequest request, CancellationToken cancellationToken) =>
        ControlResponse.Done((await source.RenewAsync(request.Force, request.Alone, cancellationToken)).Message);

    private static async Task<ControlResponse> RollAccountKeyAsync(AcmeSource source, CancellationToken cancellationToken)
    {
        await source.RollOverAccountKeyAsync(cancellationToken);
        return ControlResponse.Done(AccountKeyRolled);
    }

    private static async Task<ControlResponse> RevokeAsync(AcmeSource source, string? reason, CancellationToken cancellationToken)
    {
        if (!Reasons.TryGetValue(reason ?? "unspecified", out var known))
            return ControlResponse.Failed($"unknown revocation reason: {reason}; allowed: {string.Join(", ", Reasons.Keys)}");
        await source.RevokeAsync(known, cancellationToken);
        return ControlResponse.Done("The certificate is revoked; the server is ordering a new one now, with a new key.");
    }

    private async Task<ControlResponse> WithAcmeAsync(Func<AcmeSource, Task<ControlResponse>> run)
    {
        if (certificates.Source is not AcmeSource source)
            return ControlResponse.Failed(
                "the running server does not get its own certificate (certificate.source is not acme); renew it where it comes from, " +
                "and the server loads the new one");
        try
        {
            return await run(source);
        }
        catch (AcmeException exception)
        {
            return ControlResponse.Failed(exception.Message);
        }
    }
}
