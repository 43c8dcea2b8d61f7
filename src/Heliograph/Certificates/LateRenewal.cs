namespace Heliograph.Certificates;

/// <summary>From when on a certificate that nobody has renewed is a trouble: one answer for <c>check</c>, <c>status</c>, the alerts and the alert rules.</summary>
internal static class LateRenewal
{
    /// <summary>A third of the lifetime is left when a renewal is due; of half of that, something is wrong.</summary>
    private const int LastPart = 6;

    /// <summary>Files of a year's validity are not a trouble two months before.</summary>
    private static readonly TimeSpan LongestNotice = TimeSpan.FromDays(14);

    /// <summary>Whether it runs out soon, or has run out.</summary>
    public static bool IsLate(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        var notice = (notAfter - notBefore) / LastPart;
        return notAfter - now < (notice < LongestNotice ? notice : LongestNotice);
    }
}
