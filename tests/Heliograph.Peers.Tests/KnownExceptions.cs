namespace Heliograph.Peers.Tests;

/// <summary>
/// Every conversation in which the program does not do as nginx does, and why it may. A test fails when one of them no longer differs, and
/// when one names no conversation.
/// </summary>
internal static class KnownExceptions
{
    private const string Recognized =
        "nginx answers 400 at once, because no HTTP method begins with that byte. A hello of Signal's does: the program waits for the "
        + "rest, and leaves whoever does not send it when the time is up.";

    public static IReadOnlyDictionary<(string Group, string Name), string> All { get; } =
        new[]
        {
            List(Recognized, "time-out", "in a hello of Signal's"),
        }
        .SelectMany(static list => list)
        .ToDictionary(static exception => exception.Key, static exception => exception.Reason);

    private static IEnumerable<((string Group, string Name) Key, string Reason)> List(string reason, string group, params string[] names) =>
        names.Select(name => ((group, name), reason));
}
