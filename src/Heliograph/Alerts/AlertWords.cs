namespace Heliograph.Alerts;

/// <summary>The words of hooks and receivers; the JSON has the same.</summary>
internal static class AlertWords
{
    public static string ToWord(AlertCause cause) => EnumWord<AlertCause>.For(cause);

    public static string ToWord(AlertState state) => EnumWord<AlertState>.For(state);
}
