using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Renewal;

/// <summary>Keys that somebody else may have: the certificate is revoked once it is replaced, and the accounts get other keys.</summary>
internal sealed class CompromisedKeys(
    StateKeeper keeper, AcmeOptions options, CertificateIssuer issuer, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Whether there is something to do now.</summary>
    public bool AreDue => IsRevocationDue || issuer.WithCompromisedAccount.Any();

    /// <summary>The compromised certificate is replaced: nobody is served it any more.</summary>
    private bool IsRevocationDue =>
        keeper.State.Compromised is { } compromised && keeper.Certificate is { } current && current.ChainPem != compromised.ChainPem
        && (compromised.Refusal is null || (compromised.Refusal == NotConfigured(compromised) && FindIssuer(compromised) is not null));

    /// <summary>What somebody else has the key of: the certificate of before, and accounts that no order has used meanwhile.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await RevokeAsync(cancellationToken);
        foreach (var one in issuer.WithCompromisedAccount.ToList())
        {
            try
            {
                await issuer.LeaveCompromisedKeyAsync(one, cancellationToken);
            }
            catch (AcmeException exception) when (exception.IsTheAuthoritys)
            {
                logger.AccountKeyNotChanged(new Uri(one.Directory).Host, exception.Message);
            }
        }
    }

    /// <summary>An authority that does not answer is asked again later; what it refuses is left, and said.</summary>
    private async Task RevokeAsync(CancellationToken cancellationToken)
    {
        if (!IsRevocationDue)
            return;
        var compromised = keeper.State.Compromised!;
        var certificate = IssuedCertificate.FromPem(compromised.ChainPem, compromised.KeyPem, compromised.Directory);
        try
        {
            var authority = FindIssuer(compromised)
                ?? throw new AcmeException(AcmeFailure.Configuration, NotConfigured(compromised));
            await issuer.RevokeAsync(authority, certificate, RevocationReason.KeyCompromise, cancellationToken);
            logger.Revoked(certificate);
        }
        catch (AcmeException exception) when (exception.IsTheAuthoritys)
        {
            logger.CompromisedNotRevoked(certificate, exception.Message);
            if (certificate.NotAfter > timeProvider.GetUtcNow())
            {
                if (exception.Failure is AcmeFailure.Refused or AcmeFailure.Configuration)
                    await keeper.SaveAsync(
                        keeper.State with { Compromised = compromised with { Refusal = exception.Message } }, cancellationToken);
                return;
            }
        }
        await keeper.SaveAsync(keeper.State with { Compromised = null }, cancellationToken);
    }

    private static string NotConfigured(CompromisedCertificate compromised) =>
        $"{compromised.Directory}, which issued it, is no longer configured (acme.directory).";

    private IssuerOptions? FindIssuer(CompromisedCertificate compromised) =>
        options.Issuers.FirstOrDefault(candidate => candidate.Directory == compromised.Directory);
}
