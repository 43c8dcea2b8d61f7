using System.Net;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>Every log message of this library. Text from outside has passed through <see cref="Protocol.Text"/>.</summary>
internal static partial class AcmeLog
{
    [LoggerMessage(1, LogLevel.Information, "New certificate: {Certificate}. It is due for renewal at {Instant:u}: {Reason}.")]
    public static partial void Issued(this ILogger logger, IssuedCertificate certificate, DateTimeOffset instant, string reason);

    [LoggerMessage(2, LogLevel.Error, "No new certificate: {Reason} {Outlook}")]
    public static partial void Failed(this ILogger logger, string reason, string outlook);

    [LoggerMessage(8, LogLevel.Information, "Since the last attempt failed, {Change}; asking for a certificate again.")]
    public static partial void AskingAgain(this ILogger logger, string change);

    [LoggerMessage(3, LogLevel.Information, "The certificate has been revoked: {Certificate}.")]
    public static partial void Revoked(this ILogger logger, IssuedCertificate certificate);

    [LoggerMessage(4, LogLevel.Error, "The new certificate could not be put into use.")]
    public static partial void NotUsed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "{Reason}")]
    public static partial void NotSaved(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Error, "Renewal failed unexpectedly.")]
    public static partial void Surprise(this ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Information, "Created an account at {Authority}; its terms of service: {Terms}")]
    public static partial void AccountMade(this ILogger logger, string authority, string terms);

    [LoggerMessage(11, LogLevel.Warning, "{Authority} no longer knows this account; creating a new one.")]
    public static partial void AccountGone(this ILogger logger, string authority);

    [LoggerMessage(12, LogLevel.Warning, "This machine's clock is {Gap} that of {Authority}; set it (timedatectl set-ntp true).")]
    public static partial void ClockDiffers(this ILogger logger, string gap, string authority);

    [LoggerMessage(20, LogLevel.Warning, "{Type} for {Name} failed: {Reason}")]
    public static partial void ChallengeFailed(this ILogger logger, string type, string name, string reason);

    [LoggerMessage(21, LogLevel.Information, "{Authority} does not accept the order as a replacement; placing it as a new order.")]
    public static partial void NotAReplacement(this ILogger logger, string authority);

    [LoggerMessage(
        22, LogLevel.Warning, "{Authority} has no chain that ends at '{Root}' (acme.preferred_chain); using its default chain.")]
    public static partial void NoSuchChain(this ILogger logger, string authority, string root);

    [LoggerMessage(23, LogLevel.Information, "Fetched the certificate of an interrupted order.")]
    public static partial void OrderResumed(this ILogger logger);

    [LoggerMessage(24, LogLevel.Information, "The interrupted order cannot be finished ({Reason}); placing a new one.")]
    public static partial void OrderNotResumed(this ILogger logger, string reason);

    [LoggerMessage(25, LogLevel.Information, "The trial at {Authority} succeeded; requesting the real certificate.")]
    public static partial void TrialSucceeded(this ILogger logger, string authority);

    [LoggerMessage(26, LogLevel.Information, "A trial at {Authority} is not possible ({Reason}); requesting the real certificate.")]
    public static partial void TrialImpossible(this ILogger logger, string authority, string reason);

    [LoggerMessage(27, LogLevel.Information, "Cannot get the authority's suggested renewal time: {Reason}")]
    public static partial void NoSuggestion(this ILogger logger, string reason);

    [LoggerMessage(
        30,
        LogLevel.Information,
        "Cannot find the name servers of {Name}, so not waiting for its record to appear; you can list them in acme.dns.visible_at.")]
    public static partial void NameServersUnknown(this ILogger logger, string name);

    [LoggerMessage(
        31, LogLevel.Warning, "After {Timeout} the record {Name} is still not visible at {Servers}; asking the authority anyway.")]
    public static partial void RecordNotVisible(this ILogger logger, TimeSpan timeout, string name, string servers);

    [LoggerMessage(32, LogLevel.Warning, "The record {Name} may still be in its zone: {Reason}")]
    public static partial void RecordLeft(this ILogger logger, string name, string reason);

    [LoggerMessage(33, LogLevel.Warning, "The name server {Server} of /etc/resolv.conf gives no answer: {Reason}")]
    public static partial void ResolverFailed(this ILogger logger, IPEndPoint server, string reason);

    [LoggerMessage(35, LogLevel.Information, "The account at {Authority} has a new key, because somebody else may have the one of before.")]
    public static partial void AccountKeyChanged(this ILogger logger, string authority);

    [LoggerMessage(
        36, LogLevel.Warning,
        "The account at {Authority}, whose key somebody else may have, cannot be given another key, and a new account is made: {Reason}")]
    public static partial void AccountGivenUp(this ILogger logger, string authority, string reason);

    [LoggerMessage(
        37, LogLevel.Warning, "The certificate of before, whose key somebody else may have ({Certificate}), is not revoked: {Reason}")]
    public static partial void CompromisedNotRevoked(this ILogger logger, IssuedCertificate certificate, string reason);

    [LoggerMessage(
        38, LogLevel.Warning,
        "The account at {Authority}, whose key somebody else may have, has no other key yet: {Reason}")]
    public static partial void AccountKeyNotChanged(this ILogger logger, string authority, string reason);

    [LoggerMessage(
        39, LogLevel.Warning,
        "{Reason} The certificate that only this machine has goes on being served, and the others get it when that is possible.")]
    public static partial void LoneNotShared(this ILogger logger, string reason);

    [LoggerMessage(40, LogLevel.Information, "All machines have the certificate now that only this one had: {Certificate}.")]
    public static partial void LoneShared(this ILogger logger, IssuedCertificate certificate);

    [LoggerMessage(
        41, LogLevel.Information,
        "The certificate that only this machine had ({Certificate}) is not needed: the others have one that is valid for as long.")]
    public static partial void LoneNotNeeded(this ILogger logger, IssuedCertificate certificate);

    [LoggerMessage(34, LogLevel.Warning, "{Reason} The certificate that is shared goes on being served.")]
    public static partial void NotShared(this ILogger logger, string reason);
}
