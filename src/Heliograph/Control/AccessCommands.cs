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
            .Select(name => KeyValuePair.Create<string, ControlCommand>(name, RunAsync))];

    public async Task<ControlResponse> RunAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Command is not (New or Revoke or Rotate))
                return new() { Ok = true, Groups = book.Report() };
            if (GroupName.Parse(request.Group ?? "", out var group) is { } problem)
                return ControlResponse.Failed($"group: {problem}; allowed: {GroupName.Allowed}");
            var message = request.Command == Revoke ? await RevokeAsync(group, cancellationToken) : null;
            if (request.Command == New)
                await book.ChangeAsync((groups, now) => groups.Add(
                    group, RequireWildcard(), request.Expires, Math.Clamp(request.Limit, 0, AccessBook.MostConnections), now),
                    cancellationToken);
            else if (request.Command == Rotate)
                await book.ChangeAsync(
                    (groups, now) => groups.Rotate(group, RequireWildcard(), request.Grace, now), cancellationToken);
            return new() { Ok = true, Message = message, Groups = [.. book.Report().Where(one => one.Name == group)] };
        }
        catch (Exception exception) when (exception is AccessException or StorageException)
        {
            return ControlResponse.Failed(exception.Message);
        }
    }

    private async Task<string> RevokeAsync(string group, CancellationToken cancellationToken) =>
        await book.RevokeAsync(group, cancellationToken) is { } reason
            ? $"The links of {group} no longer work on this machine, and their connections end. The other machines of the fleet are told " +
              $"as soon as that is possible: {reason} Until then, run this on each of them."
            : $"The links of {group} no longer work, and their connections end.";

    private string RequireWildcard() => settings().Wildcard
        ?? throw new AccessException(
            $"there is no wildcard in {Keys.Domains.Name} to make a name under; add one such as \"*.example.org\", with a certificate by " +
            $"dns-01 or from files, and set {Keys.AccessMode.Name}: unlisted ({OperatingPages.Directory}/unlisted-names.md)");
}
