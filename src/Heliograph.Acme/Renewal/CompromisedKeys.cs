using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Renewal;

/// <summary>Keys that somebody else may have: certificates are revoked once they are replaced, and accounts get other keys.</summary>
internal sealed class CompromisedKeys(
    StateKeeper keeper,
    Attempt attempt,
    AcmeOptions options,
    CertificateIssuer issuer,
    TimeProvider timeProvider,
    Random random,
    ILogger logger)
{
    /// <summary>Whether there is something to do now.</summary>
    public bool AreDue => !attempt.Schedule.IsLeavingPostponed && (DueRevocations.Any() || issuer.WithCompromisedAccount.Any());

    /// <summary>The compromised certificates that are replaced: nobody is served them any more.</summary>
    private IEnumerable<CompromisedCertificate> DueRevocations => keeper.State.Compromised.Where(one =>
        keeper.Certificate is { } current && current.ChainPem != one.ChainPem
        && (one.Refusal is null || (one.Refusal == NotConfigured(one) && FindIssuer(one) is not null)));

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>
    /// What somebody else has the key of: certificates of before, and accounts that no order has used meanwhile. What fails is tried again
    /// after the pauses that follow a failed order.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        var isDone = true;
        foreach (var one in DueRevocations.ToList())
            isDone &= await TryRevokeAsync(one, cancellationToken);
        foreach (var one in issuer.WithCompromisedAccount.ToList())
            isDone &= await TryLeaveKeyAsync(one, cancellationToken);
        if (isDone && keeper.State.Leaving is null)
            return;
        var failures = (keeper.State.Leaving?.Failures ?? 0) + 1;
        var until = Now + Backoff.After(failures, attempt.Schedule.Remaining, random.NextDouble());
        await keeper.SaveAsync(
            keeper.State with { Leaving = isDone ? null : new(failures, until, Now) }, cancellationToken);
    }

    /// <summary>An authority that does not answer is asked again later; what it refuses is left, and said.</summary>
    /// <returns>False: it has to be asked again.</returns>
    private async Task<bool> TryRevokeAsync(CompromisedCertificate compromised, CancellationToken cancellationToken)
    {
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
            if (certificate.NotAfter > Now)
            {
                if (exception.Failure is not (AcmeFailure.Refused or AcmeFailure.Configuration))
                    return false;
                var rest = keeper.State.WithoutCompromised(compromised.ChainPem);
                var refused = compromised with { Refusal = exception.Message };
                await keeper.SaveAsync(rest with { Compromised = [.. rest.Compromised, refused] }, cancellationToken);
                return true;
            }
        }
        await keeper.SaveAsync(keeper.State.WithoutCompromised(compromised.ChainPem), cancellationToken);
        return true;
    }

    /// <returns>False: it has to be tried again.</returns>
    private async Task<bool> TryLeaveKeyAsync(IssuerOptions account, CancellationToken cancellationToken)
    {
        try
        {
            await issuer.LeaveCompromisedKeyAsync(account, cancellationToken);
            return true;
        }
        catch (AcmeException exception) when (exception.IsTheAuthoritys)
        {
            logger.AccountKeyNotChanged(new Uri(account.Directory).Host, exception.Message);
            return false;
        }
    }

    private static string NotConfigured(CompromisedCertificate compromised) =>
        $"{compromised.Directory}, which issued it, is no longer configured (acme.directory).";

    private IssuerOptions? FindIssuer(CompromisedCertificate compromised) =>
        options.Issuers.FirstOrDefault(candidate => candidate.Directory == compromised.Directory);
}
