using Heliograph.Budget;
using Heliograph.Relay.Diagnostics;
using static Heliograph.Status.Words;

namespace Heliograph.Status;

/// <summary>Warnings about the limits for a shared or metered machine, when they turn clients away.</summary>
internal static class LimitWarnings
{
    public static IEnumerable<StatusWarning> FromStatistics(RelayStatistics relay, BudgetReport? budget)
    {
        var source = RoundedCount.Up(relay.Outcomes.GetValueOrDefault(ConnectionOutcome.RefusedSource));
        if (source > 0)
            yield return new(
                "source_refused",
                StatusWarning.Warning,
                Line(
                    $"{source:N0} connections were refused since the start because one source may have at most " +
                    $"{relay.Limits.ConnectionsPerSource:N0} (limits.max_connections_per_source). Thousands of people may share one " +
                    $"carrier address: raise the limit, unless somebody abuses the proxy.")
            );
        var handshakes = RoundedCount.Up(relay.Outcomes.GetValueOrDefault(ConnectionOutcome.RefusedHandshake));
        if (handshakes > 0)
            yield return new(
                "handshakes_refused",
                StatusWarning.Warning,
                Line(
                    $"{handshakes:N0} connections were refused since the start because there were more than " +
                    $"{relay.Limits.HandshakesPerSecond:N0} handshakes a second (limits.handshakes_per_second). Raise the limit if the " +
                    $"machine can handle more.")
            );
        if (budget is null)
            yield break;
        var end = Line($"{budget.End:yyyy-MM-dd}");
        var slower =
            budget.SlowedTo > 0 ? Line($"relays at most {budget.SlowedTo / 1000:N0} KB a second") : "relays nothing and is only a web site";
        if (budget.State == BudgetState.Spent)
            yield return new(
                "budget_spent",
                StatusWarning.Critical,
                Line(
                    $"The monthly budget of {Bytes(budget.MonthlyBytes)} (limits.monthly_bytes) is spent: until {end} this proxy {slower}.")
            );
        else if (budget.State == BudgetState.Low)
            yield return new(
                "budget_low",
                StatusWarning.Warning,
                Line(
                    $"{budget.Percent} % of the monthly budget of {Bytes(budget.MonthlyBytes)} (limits.monthly_bytes) is used; it resets " +
                    $"on {end}.") + (budget.SlowedTo > 0 ? $" Until then this proxy {slower}." : "")
            );
        if (budget.Problem is { } problem)
            yield return new(
                "budget_not_saved",
                StatusWarning.Warning,
                $"Heliograph cannot read or save how much of the monthly budget is used: {problem}");
    }
}
