namespace Heliograph.Alerts;

/// <summary>Where messages are sent.</summary>
internal abstract class AlertTarget
{
    /// <summary>For people: the configuration key and its value, without anything secret.</summary>
    public abstract string Name { get; }

    /// <summary>Delivers a message within a bounded time, and does not throw.</summary>
    /// <returns>Why it was not delivered, for the operator; null: it was.</returns>
    public abstract Task<string?> SendAsync(AlertMessage message, CancellationToken cancellationToken);

    /// <summary>Opens the configured targets.</summary>
    /// <param name="settings">The <c>alerts</c> section.</param>
    /// <param name="pauses">The pauses between a webhook's attempts.</param>
    /// <param name="timeProvider">The clock.</param>
    public static IReadOnlyList<AlertTarget> Open(
        Configuration.AlertSettings settings, IReadOnlyList<TimeSpan> pauses, TimeProvider timeProvider) =>
        [
            .. settings.Exec is { } program ? [new ExecTarget(program, ExecTarget.Limit)] : Array.Empty<AlertTarget>(),
            .. settings.Webhook is { } address ? [new WebhookTarget(new Uri(address), pauses, timeProvider)] : Array.Empty<AlertTarget>(),
        ];
}
