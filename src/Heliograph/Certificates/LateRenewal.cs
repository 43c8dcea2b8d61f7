namespace Heliograph.Certificates;

/// <summary>
/// When a certificate that has not been renewed becomes a problem: one answer for <c>check</c>, <c>status</c>, the alerts and the alert
/// rules.
/// </summary>
internal static class LateRenewal
{
    /// <summary>A renewal is due when a third of the lifetime is left; when only half of that is left, something is wrong.</summary>
    private const int LastPart = 6;

    /// <summary>A certificate valid for a year is not a problem two months before its end.</summary>
    private static readonly TimeSpan LongestNotice = TimeSpan.FromDays(14);

    /// <summary>Whether it expires soon, or has expired.</summary>
    public static bool IsLate(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        var notice = (notAfter - notBefore) / LastPart;
        return notAfter - now < (notice < LongestNotice ? notice : LongestNotice);
    }
}
