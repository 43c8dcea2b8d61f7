using System.Text.Json.Serialization.Metadata;
using Heliograph.Fleet.Restarts;
using Heliograph.Fleet.Sealing;
using Heliograph.Platform;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>
/// <c>fleet/</c> in the state directory: what joins this machine to a fleet, and its copies of what the fleet shares. Without it the
/// machine is alone.
/// </summary>
internal sealed class MembershipFiles
{
    private const string DirectoryName = "fleet";
    private const string MembershipName = "membership.json";
    private const string AdministratorName = "administrator.json";
    private const string TurnName = "restart.json";
    private const string CopiesName = "copies-";
    private const string LockName = "lock";

    private readonly string path;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    public MembershipFiles(string stateDirectory, TimeProvider timeProvider, ILogger logger)
    {
        path = Path.Combine(Path.GetFullPath(stateDirectory), DirectoryName);
        this.timeProvider = timeProvider;
        this.logger = logger;
        StatePath = Path.GetFullPath(stateDirectory);
    }

    /// <summary>Whether a server that starts now is in a fleet.</summary>
    public bool AreThere => File.Exists(Path.Combine(path, MembershipName));

    private string StatePath { get; }

    /// <summary>Those of one key: what is sealed under another one would not open.</summary>
    public PrivateDirectory CopiesOf(FleetMembership membership) => At(CopiesPath(membership));

    /// <summary>Deletes the copies of other keys, as far as that is possible; they are of no use to anybody who has no such key.</summary>
    public void ForgetOtherCopies(FleetMembership membership)
    {
        foreach (var other in Directory.EnumerateDirectories(path, CopiesName + "*").Where(other => other != CopiesPath(membership)))
        {
            try
            {
                Directory.Delete(other, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                HostLog.Fault(logger, exception);
            }
        }
    }

    /// <returns>Null: this machine is in no fleet.</returns>
    /// <exception cref="StartException">It cannot be read.</exception>
    public FleetMembership? Read() =>
        Read(MembershipName, MembershipJson.Default.FleetMembership, FleetMembership.FindProblem);

    /// <returns>Null: another machine has made the fleet.</returns>
    /// <exception cref="StartException">It cannot be read.</exception>
    public FleetAdministrator? ReadAdministrator() => Read(
        AdministratorName,
        MembershipJson.Default.FleetAdministrator,
        static administrator => administrator.Password is null || administrator.Machines is null
            || administrator.Machines.Any(static one => one is null or { Name: null } or { User: null } or { Password: null }
                || one.Personal?.Length != FleetKey.SecretSize) ? "it is incomplete" : null);

    /// <summary>What the fleet shares, with this machine's copies, for a command.</summary>
    /// <returns>Null: this machine is in no fleet.</returns>
    /// <exception cref="StartException">It cannot be read.</exception>
    public FleetAccess? OpenAccess() =>
        Read() is { } membership ? new FleetAccess(membership, CopiesOf(membership), timeProvider, logger) : null;

    /// <exception cref="StartException">It cannot be written.</exception>
    public void Write(FleetMembership membership) => Write(MembershipName, membership, MembershipJson.Default.FleetMembership);

    /// <exception cref="StartException">It cannot be written.</exception>
    public void Write(FleetAdministrator administrator) =>
        Write(AdministratorName, administrator, MembershipJson.Default.FleetAdministrator);

    /// <returns>Null: this process has not taken the place of one that had the turn.</returns>
    /// <exception cref="StartException">It cannot be read.</exception>
    public RestartTurn? ReadTurn() =>
        Read(TurnName, MembershipJson.Default.RestartTurn, static turn => turn.Id is null ? "it is incomplete" : null);

    /// <exception cref="StartException">It cannot be written.</exception>
    public void Write(RestartTurn turn) => Write(TurnName, turn, MembershipJson.Default.RestartTurn);

    /// <summary>One that stays does no harm: etcd knows of no such turn any more.</summary>
    public void ForgetTurn() => File.Delete(Path.Combine(path, TurnName));

    /// <summary>Undoes a membership that led nowhere. One that stays says so at the next attempt.</summary>
    public void ForgetMembership() => File.Delete(Path.Combine(path, MembershipName));

    /// <summary>All but the password of etcd's root, without which that etcd could never be used again.</summary>
    /// <exception cref="StartException">It cannot be deleted.</exception>
    public void Leave()
    {
        if (ReadAdministrator() is { } administrator)
            Write(administrator with { Machines = [] });
        try
        {
            File.Delete(Path.Combine(path, MembershipName));
            foreach (var copies in Directory.EnumerateDirectories(path, CopiesName + "*"))
                Directory.Delete(copies, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be deleted: {FileProblem.Describe(exception)}");
        }
    }

    /// <summary>What root creates in the directory of a service must belong to the service.</summary>
    /// <param name="more">What else was written in the state directory.</param>
    public void GiveToOwner(params string[] more)
    {
        if (!Environment.IsPrivilegedProcess || FileOwner.OfPath(StatePath) is not { User: > 0 } owner)
            return;
        foreach (var name in more.Prepend(DecoySeed.FileName).Append(DirectoryName))
            owner.GiveAll(Path.Combine(StatePath, name));
    }

    /// <summary>A directory of the state directory that is not the fleet's.</summary>
    /// <param name="below">The state directory.</param>
    /// <exception cref="StartException">It is a link.</exception>
    public PrivateDirectory Open(string below) => At(Path.Combine(StatePath, below));

    private T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check)
        where T : class
    {
        try
        {
            if (Directory.Exists(path))
                return At(path).Read(name, type, check);
            // One that is closed to this user looks as if it were empty.
            _ = Directory.Exists(StatePath) && Directory.EnumerateFileSystemEntries(StatePath).Any();
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartException(
                $"{StatePath} cannot be read by user {Environment.UserName}; run this as the user that the server runs as (sudo)");
        }
        catch (StorageException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    private void Write<T>(string name, T value, JsonTypeInfo<T> type)
    {
        try
        {
            var directory = At(path);
            directory.Create();
            directory.Write(name, value, type);
        }
        catch (StorageException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    /// <summary>One command at a time changes these files.</summary>
    /// <exception cref="StartException">Another one does just now, or it cannot be told.</exception>
    public IDisposable Lock()
    {
        try
        {
            // Made on the way to the directory below, it would be open to everybody.
            if (!Directory.Exists(StatePath))
                new PrivateDirectory(StatePath, timeProvider, logger).Create();
            var directory = At(path);
            directory.Create();
            return directory.TryLock(LockName) ?? throw new StartException("another heliograph fleet command is running; try again");
        }
        catch (StorageException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private string CopiesPath(FleetMembership membership) => Path.Combine(path, CopiesName + Convert.ToHexStringLower(membership.KeyId));

    /// <exception cref="StartException">It is a link.</exception>
    private PrivateDirectory At(string directory) => IsLink(directory)
        ? throw new StartException($"{directory} is a link, which is not followed; delete it")
        : new(directory, timeProvider, logger);
}
