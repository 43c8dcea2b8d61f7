namespace Heliograph.Alerts;

/// <summary>The words that hooks and receivers get, the same as in the JSON.</summary>
internal static class AlertWords
{
    public static string ToWord(AlertCause cause) => EnumWord<AlertCause>.For(cause);

    public static string ToWord(AlertState state) => EnumWord<AlertState>.For(state);
}
