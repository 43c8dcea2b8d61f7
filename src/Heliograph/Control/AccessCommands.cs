using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Platform;

namespace Heliograph.Control;

/// <summary>What <c>heliograph link</c> does with groups, in the running server or, where none runs, in the command itself.</summary>
/// <param name="book">The groups.</param>
/// <param name="settings">The configuration in use.</param>
internal sealed class AccessCommands(IAccessBook book, Func<Settings> settings)
{
    public const string New = "link-new";
    public const string List = "link-list";
    public const string Revoke = "link-revoke";
    public const string Rotate = "link-rotate";

    public IEnumerable<KeyValuePair<string, ControlCommand>> All =>
        [.. new[] { New, List, Revoke, Rotate }
            .Select(name => KeyValuePair.Create<string, ControlCommand>(name, (request, _) => Task.FromResult(Run(request))))];

    public ControlResponse Run(ControlRequest request)
    {
        try
        {
            return request.Command switch
            {
                New => Change(request, (groups, group, now) =>
                    groups.Add(group, RequireWildcard(), request.Expires, Math.Clamp(request.Limit, 0, AccessBook.MostConnections), now)),
                Revoke => Change(request, static (groups, group, _) => groups.Revoke(group)),
                Rotate => Change(request, (groups, group, now) => groups.Rotate(group, RequireWildcard(), request.Grace, now)),
                _ => new() { Ok = true, Groups = book.Report() },
            };
        }
        catch (Exception exception) when (exception is AccessException or StorageException)
        {
            return ControlResponse.Failed(exception.Message);
        }
    }

    private ControlResponse Change(ControlRequest request, Func<AccessBook, string, DateTimeOffset, AccessBook> change)
    {
        if (GroupName.Parse(request.Group ?? "", out var group) is { } problem)
            return ControlResponse.Failed($"group: {problem}; allowed: {GroupName.Allowed}");
        book.Change((groups, now) => change(groups, group, now));
        return new()
        {
            Ok = true,
            Message = request.Command == Revoke ? $"The links of {group} work no more, and their connections end." : null,
            Groups = [.. book.Report().Where(one => one.Name == group)],
        };
    }

    private string RequireWildcard() => settings().Wildcard
        ?? throw new AccessException(
            $"there is no wildcard in {Keys.Domains.Name} to make a name under; add one such as \"*.example.org\", with a certificate by " +
            $"dns-01 or from files, and set {Keys.AccessMode.Name}: unlisted (docs/operating/unlisted-names.md)");
}
