using Heliograph.Budget;
using Heliograph.Relay.Diagnostics;
using static Heliograph.Status.Words;

namespace Heliograph.Status;

/// <summary>The limits that an operator sets for a shared or metered machine, where they turn clients away.</summary>
internal static class LimitWarnings
{
    public static IEnumerable<StatusWarning> FromStatistics(RelayStatistics relay, BudgetReport? budget)
    {
        var source = RoundedCount.Up(relay.Outcomes.GetValueOrDefault(ConnectionOutcome.RefusedSource));
        if (source > 0)
            yield return new("source_refused", StatusWarning.Warning, Line($"{source:N0} connections were refused since the start, as one source may have {relay.Limits.ConnectionsPerSource:N0} (limits.max_connections_per_source). Behind one address of a carrier there may be thousands of people: raise it, unless somebody abuses the proxy."));
        var handshakes = RoundedCount.Up(relay.Outcomes.GetValueOrDefault(ConnectionOutcome.RefusedHandshake));
        if (handshakes > 0)
            yield return new("handshakes_refused", StatusWarning.Warning, Line($"{handshakes:N0} connections were refused since the start, as there were more than {relay.Limits.HandshakesPerSecond:N0} handshakes a second (limits.handshakes_per_second). Raise it if the machine can take more."));
        if (budget is null)
            yield break;
        var end = Line($"{budget.End:yyyy-MM-dd}");
        var slower = budget.SlowedTo > 0 ? Line($"relays {budget.SlowedTo / 1000:N0} KB a second") : "relays nothing, and is a web site only";
        if (budget.State == BudgetState.Spent)
            yield return new("budget_spent", StatusWarning.Critical, Line($"The month's budget of {Bytes(budget.MonthlyBytes)} (limits.monthly_bytes) is spent: until {end} this proxy {slower}."));
        else if (budget.State == BudgetState.Low)
            yield return new("budget_low", StatusWarning.Warning, Line($"{budget.Percent} % of the month's budget of {Bytes(budget.MonthlyBytes)} (limits.monthly_bytes) are used; it is whole again on {end}.") + (budget.SlowedTo > 0 ? $" Until then this proxy {slower}." : ""));
        if (budget.Problem is { } problem)
            yield return new("budget_not_saved", StatusWarning.Warning, $"What is used of the month's budget is not kept: {problem}");
    }
}
