namespace Heliograph.Alerts;

/// <summary>The words of hooks and receivers; the JSON has the same.</summary>
internal static class AlertWords
{
    public static string Of(AlertCause cause) => WordFor<AlertCause>.Of(cause);

    public static string Of(AlertState state) => WordFor<AlertState>.Of(state);
}
