using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Hosting;
using Heliograph.Membership;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli.Link;

/// <summary>The groups of a server: the running one is asked, and acts at once; of one that does not run, the file is changed.</summary>
internal static class GroupBook
{
    /// <summary>
    /// The server answers from memory and writes a small file, or in a fleet asks etcd with a bound of its own: if it takes longer, it
    /// hangs.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>The groups that the request is about.</returns>
    /// <exception cref="StartException">It was refused, or cannot be asked.</exception>
    public static async Task<ControlResponse> AskAsync(Settings settings, ControlRequest request, CancellationToken cancellationToken)
    {
        var answer =
            await ControlClient.AskAsync(settings.StateDirectory, request, Patience, TimeProvider.System, cancellationToken)
            ?? await RunHereAsync(settings, request, cancellationToken);
        if (!answer.Ok)
            throw new StartException(answer.Message ?? "the running server refused, without a reason");
        return answer;
    }

    private static async Task<ControlResponse> RunHereAsync(
        Settings settings, ControlRequest request, CancellationToken cancellationToken)
    {
        // A server could not use a directory that root created here.
        if (!Directory.Exists(settings.StateDirectory))
            throw new StartException(
                $"there is no state directory {settings.StateDirectory} yet: start the server once (heliograph run), or name the right " +
                "directory with --state-directory DIR or --config FILE");
        using var logs = Logging.Create(LogLevel.Warning);
        var owner = FileOwner.OfPath(settings.StateDirectory);
        await using var held = StateDirectory.Open(settings.StateDirectory);
        var log = logs.CreateLogger("Heliograph");
        var file = new AccessFile(settings.StateDirectory, TimeProvider.System, log);
        var fleet = new MembershipFiles(settings.StateDirectory, TimeProvider.System, log);
        using var access = fleet.OpenAccess();
        if (access is not null)
            await access.TryReadAsync(cancellationToken);
        var shared = access is null ? null : new SharedBook(() => access, TimeProvider.System);
        var book = new StoredBook(file, shared, () => fleet.AreThere, TimeProvider.System);
        var answer = await new AccessCommands(book, () => settings).RunAsync(request, cancellationToken);
        // What root creates in the directory of a service must belong to the service.
        if (Environment.IsPrivilegedProcess && owner is { User: > 0 } service)
        {
            service.TryGive(file.Path);
            service.TryGive(held.LockPath);
            if (access is not null)
                fleet.GiveToOwner();
        }
        return answer;
    }
}
