namespace Heliograph.Alerts;

/// <summary>Where messages go.</summary>
internal abstract class AlertTarget
{
    /// <summary>For people: the key, and what it names, without anything secret.</summary>
    public abstract string Name { get; }

    /// <summary>Delivers a message. Takes a bounded time and does not fail.</summary>
    /// <returns>Why it did not arrive, for the operator; null: it did.</returns>
    public abstract Task<string?> SendAsync(AlertMessage message, CancellationToken cancellationToken);

    /// <summary>Those that the configuration names.</summary>
    /// <param name="settings">The <c>alerts</c> section.</param>
    /// <param name="pauses">Between the attempts of a webhook.</param>
    /// <param name="timeProvider">The time.</param>
    public static IReadOnlyList<AlertTarget> Open(Configuration.AlertSettings settings, IReadOnlyList<TimeSpan> pauses, TimeProvider timeProvider) =>
    [
        .. settings.Exec is { } program ? [new ExecTarget(program, ExecTarget.Limit)] : Array.Empty<AlertTarget>(),
        .. settings.Webhook is { } address ? [new WebhookTarget(new Uri(address), pauses, timeProvider)] : Array.Empty<AlertTarget>(),
    ];
}
