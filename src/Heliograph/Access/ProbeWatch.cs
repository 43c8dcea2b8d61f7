using Heliograph.Relay.Access;

namespace Heliograph.Access;

/// <summary>
/// Judges whether a group's name is being probed: whether somebody knows it who is no Signal client. Counted by the UTC day, so that a
/// name that was probed once is not under suspicion for ever.
/// </summary>
/// <remarks>
/// One look with a web browser costs one or two connections, and a bad network breaks some handshakes. A scanner that has found the name
/// looks at it again and again: JARM alone opens ten connections.
/// </remarks>
internal sealed class ProbeWatch(AccessGroup group)
{
    /// <summary>On one day; fewer are nobody's campaign.</summary>
    public const int Fewest = 16;

    /// <summary>Of all connections under the name: more than a quarter as many as were relayed.</summary>
    private const int RelayedForEach = 4;

    private DateOnly day;
    private long strangeBefore;
    private long relayedBefore;

    /// <summary>Called at least once a day; not from two threads.</summary>
    public bool IsProbed(DateOnly today)
    {
        var (strange, relayed) = (group.Strange, group.Relayed);
        if (day != today)
            (day, strangeBefore, relayedBefore) = (today, strange, relayed);
        var (looks, uses) = (strange - strangeBefore, relayed - relayedBefore);
        return looks >= Fewest && looks * RelayedForEach > uses;
    }
}
