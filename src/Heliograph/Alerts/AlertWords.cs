namespace Heliograph.Alerts;

/// <summary>The words of hooks and receivers; the JSON has the same.</summary>
internal static class AlertWords
{
    public static string Of(AlertCause cause) => Metrics.WordFor<AlertCause>.Of(cause);

    public static string Of(AlertState state) => Metrics.WordFor<AlertState>.Of(state);
}
