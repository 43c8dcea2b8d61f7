using Heliograph.Access;

namespace Heliograph.Status;

/// <summary>Warnings about unlisted names.</summary>
internal static class AccessWarnings
{
    /// <param name="groups">Null: access.mode is open.</param>
    /// <param name="namesGroups">Whether those who read them may know a group's name.</param>
    public static IEnumerable<StatusWarning> FromGroups(IReadOnlyList<GroupReport>? groups, bool namesGroups)
    {
        if (groups is null)
            yield break;
        if (groups.All(static group => group.Expired))
            yield return new(
                "no_unlisted_name",
                StatusWarning.Warning,
                "Nobody can use this proxy: access.mode is unlisted, and no group has a name. Make one with heliograph link new family.");
        foreach (var group in groups.Where(static group => group.Probed))
            yield return new(
                "name_probed",
                StatusWarning.Warning,
                (namesGroups ? $"The name of {group.Name} is being probed" : "The name of a group is being probed") +
                ": connections come that are no Signal client's. " +
                (namesGroups
                    ? $"Give the group another with heliograph link rotate {group.Name}."
                    : "heliograph link list shows which group it is, and heliograph link rotate gives it another."));
    }
}
