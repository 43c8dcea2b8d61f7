using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Renewal;

/// <summary>How often an order may fail before the back-off alone decides, whatever has changed since.</summary>
internal static class FailureLimit
{
    /// <summary>Let's Encrypt's: failed validations of one account for one name in an hour (letsencrypt.org/docs/rate-limits).</summary>
    private const int MostFailedValidations = 5;

    /// <summary>Its staging directory allows far more; trials need not use that up.</summary>
    private const int MostFailedTrials = 10;

    private const int MostKept = 32;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <param name="orders">Those that failed.</param>
    /// <param name="first">The directory that is asked first: the authority's, or that of its trials.</param>
    /// <param name="directory">The authority's.</param>
    /// <param name="types">How many challenge types an order may try, each of which may fail for the same name.</param>
    /// <param name="now">The time.</param>
    public static bool Allows(IReadOnlyList<FailedOrder> orders, string first, string directory, int types, DateTimeOffset now)
    {
        return Validations(directory) <= MostFailedValidations && (first == directory || Validations(first) <= MostFailedTrials);

        int Validations(string asked) => (orders.Count(order => order.Directory == asked && IsRecent(order, now)) + 1) * types;
    }

    public static IReadOnlyList<FailedOrder> Add(IReadOnlyList<FailedOrder> orders, string directory, DateTimeOffset now) =>
        [.. orders.Where(order => IsRecent(order, now)).Append(new(directory, now)).TakeLast(MostKept)];

    // Not one from a time when the clock was ahead.
    private static bool IsRecent(FailedOrder order, DateTimeOffset now) => order.At <= now && now - order.At < Window;
}
