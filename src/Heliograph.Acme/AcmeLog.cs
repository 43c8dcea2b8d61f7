using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>Everything that is ever logged here. What comes from outside has gone through <see cref="Protocol.Text"/>.</summary>
internal static partial class AcmeLog
{
    [LoggerMessage(1, LogLevel.Information, "A new certificate: {Certificate}. It will be renewed at {Instant:u}: {Reason}.")]
    public static partial void Issued(this ILogger logger, IssuedCertificate certificate, DateTimeOffset instant, string reason);

    [LoggerMessage(2, LogLevel.Error, "No new certificate: {Reason} It will be tried again at {Instant:u}.")]
    public static partial void Failed(this ILogger logger, string reason, DateTimeOffset instant);

    [LoggerMessage(3, LogLevel.Information, "The certificate is revoked: {Certificate}.")]
    public static partial void Revoked(this ILogger logger, IssuedCertificate certificate);

    [LoggerMessage(4, LogLevel.Error, "The new certificate could not be put to use.")]
    public static partial void NotUsed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "{Reason}")]
    public static partial void NotSaved(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Error, "Renewal ran into something unforeseen.")]
    public static partial void Surprise(this ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Information, "An account at {Authority} is made; its terms of service: {Terms}")]
    public static partial void AccountMade(this ILogger logger, string authority, string terms);

    [LoggerMessage(11, LogLevel.Warning, "{Authority} does not know our account any more; making a new one.")]
    public static partial void AccountGone(this ILogger logger, string authority);

    [LoggerMessage(12, LogLevel.Warning, "This machine's clock is {Gap} that of {Authority}; set it (timedatectl set-ntp true).")]
    public static partial void ClockDiffers(this ILogger logger, string gap, string authority);

    [LoggerMessage(20, LogLevel.Warning, "{Type} for {Name} failed: {Reason}")]
    public static partial void ChallengeFailed(this ILogger logger, string type, string name, string reason);

    [LoggerMessage(21, LogLevel.Information, "{Authority} does not take the order as a replacement; ordering without.")]
    public static partial void NotAReplacement(this ILogger logger, string authority);

    [LoggerMessage(22, LogLevel.Warning, "{Authority} has no chain that ends at '{Root}' (acme.preferred_chain); using the one it prefers.")]
    public static partial void NoSuchChain(this ILogger logger, string authority, string root);

    [LoggerMessage(23, LogLevel.Information, "The certificate of an order that was interrupted is fetched.")]
    public static partial void OrderResumed(this ILogger logger);

    [LoggerMessage(24, LogLevel.Information, "The order that was interrupted cannot be finished ({Reason}); making a new one.")]
    public static partial void OrderNotResumed(this ILogger logger, string reason);

    [LoggerMessage(25, LogLevel.Information, "The trial at {Authority} went well; asking for the real certificate.")]
    public static partial void TrialSucceeded(this ILogger logger, string authority);

    [LoggerMessage(26, LogLevel.Information, "A trial at {Authority} is not possible ({Reason}); asking for the real certificate.")]
    public static partial void TrialImpossible(this ILogger logger, string authority, string reason);

    [LoggerMessage(27, LogLevel.Information, "The authority's suggestion when to renew cannot be had: {Reason}")]
    public static partial void NoSuggestion(this ILogger logger, string reason);

    [LoggerMessage(30, LogLevel.Information, "The name servers for {Name} cannot be found out from here, so its record is not waited for; acme.dns.visible_at can name them.")]
    public static partial void NameServersUnknown(this ILogger logger, string name);

    [LoggerMessage(31, LogLevel.Warning, "After {Timeout} the record {Name} is not visible at {Servers}; asking the authority all the same.")]
    public static partial void RecordNotVisible(this ILogger logger, TimeSpan timeout, string name, string servers);

    [LoggerMessage(32, LogLevel.Warning, "The record {Name} may be left in its zone: {Reason}")]
    public static partial void RecordLeft(this ILogger logger, string name, string reason);
}
