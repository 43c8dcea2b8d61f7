using Heliograph.Relay.Routing;

namespace Heliograph.HostLists;

/// <summary>Whether a signed list may take the place of the one in use.</summary>
internal static class ListUpdate
{
    /// <returns>Why not, and what to do; null: it may.</returns>
    public static string? FindObstacle(HostList inUse, SignedList offered)
    {
        var version = offered.List.Version;
        if (version < inUse.Version)
        {
            return $"its version {version} is older than {inUse.Version}, which is in use: somebody may have sent you an old list; " +
                "to use it all the same, add --force";
        }
        return version == inUse.Version && ListDifference.Between(inUse, offered.List).Count > 0
            ? $"its version {version} is in use, with other hosts: the project does not give one version to two lists; to use it all the " +
                "same, add --force"
            : null;
    }
}
