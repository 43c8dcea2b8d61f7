using Heliograph.Fleet;
using Heliograph.Platform;
using Heliograph.Relay.Access;
using Heliograph.Relay.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Access;

/// <summary>
/// The groups of the running server. A change is written first and takes effect then, so that whoever was told of a name has it for good.
/// From any thread.
/// </summary>
internal sealed class AccessKeeper : IAccessBook, IAsyncDisposable
{
    /// <summary>How often it looks which groups were used, and whether one is probed.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>How often it tries to tell the fleet what was revoked here while etcd was away.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    private const string RestartFirst =
        "this machine has joined a fleet since its server started, and the groups are the fleet's; restart the server first: " +
        "systemctl restart heliograph";

    private readonly AccessFile file;
    private readonly SharedBook? shared;
    private readonly Func<bool> willShare;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, KeptGroup> kept = new(StringComparer.Ordinal);
    private readonly ITimer timer;
    private readonly CancellationTokenSource stopping = new();
    private Task telling = Task.CompletedTask;
    private AccessBook book;
    private AccessBook saved;
    private AccessBook? followed;
    private Action<AccessTable?> use = static _ => { };
    private bool isUnlisted;
    private string? problem;

    /// <param name="file">Where the groups are kept; held by this process.</param>
    /// <param name="isUnlisted">Whether only their names are relayed: <c>access.mode</c>.</param>
    /// <param name="shared">The groups of this machine's fleet; null: it is in none.</param>
    /// <param name="willShare">Whether this machine will be in a fleet when its server starts again, and is in none yet.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Reports failed writes, without any name.</param>
    /// <exception cref="StartException">The file cannot be read: without it nobody's link would work.</exception>
    public AccessKeeper(
        AccessFile file, bool isUnlisted, SharedBook? shared, Func<bool> willShare, TimeProvider timeProvider, ILogger logger)
    {
        this.file = file;
        this.shared = shared;
        this.willShare = willShare;
        this.isUnlisted = isUnlisted;
        this.timeProvider = timeProvider;
        this.logger = logger;
        try
        {
            saved = book = file.Read();
        }
        catch (StorageException exception)
        {
            throw new StartException(exception.Message);
        }
        timer = timeProvider.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (gate)
        {
            if (shared?.Find() is { } all)
                Follow(all);
            Schedule();
        }
    }

    /// <summary>What the relay starts with; null: every name is relayed.</summary>
    public AccessTable? Table
    {
        get
        {
            lock (gate)
                return CreateTable();
        }
    }

    /// <summary>Called once the relay serves.</summary>
    public void Attach(Action<AccessTable?> use)
    {
        lock (gate)
        {
            this.use = use;
            Apply();
        }
    }

    /// <summary>After a reload: whether only the groups' names are relayed from now on.</summary>
    public void UseMode(bool unlisted)
    {
        lock (gate)
        {
            isUnlisted = unlisted;
            Apply();
        }
    }

    /// <summary>Takes what other machines of the fleet have changed: called when something shared is new.</summary>
    public void UseShared()
    {
        lock (gate)
        {
            // Found under the lock: of two changes, the later is followed last. It may be something else that is new.
            if (shared?.Find() is { } all && !ReferenceEquals(all, followed))
                Follow(all);
        }
    }

    /// <inheritdoc/>
    public async Task ChangeAsync(Func<AccessBook, DateTimeOffset, AccessBook> change, CancellationToken cancellationToken)
    {
        if (shared is null)
        {
            if (!TryChangeAlone(change))
                throw new AccessException(RestartFirst);
            return;
        }
        try
        {
            await ShareAsync(groups => ChangePruned(groups, change), cancellationToken);
        }
        catch (FleetException exception)
        {
            throw new AccessException($"{exception.Message} {SharedBook.Remedy}");
        }
    }

    /// <inheritdoc/>
    public async Task<string?> RevokeAsync(string group, CancellationToken cancellationToken)
    {
        if (shared is null && TryChangeAlone((groups, _) => groups.Revoke(group)))
            return null;
        // A group that this machine has not heard of is the fleet's affair.
        if (shared is not null && Find(group) is null)
        {
            await ChangeAsync((groups, _) => groups.Revoke(group), cancellationToken);
            return null;
        }
        lock (gate)
            Keep(ChangePruned(book, (groups, _) => groups.RevokeAlone(group)));
        return shared is null ? $"{RestartFirst}." : await TryTellAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<GroupReport> Report()
    {
        lock (gate)
        {
            Note();
            var now = timeProvider.GetUtcNow();
            return [.. book.Groups.Select(group => Report(group, now))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await timer.DisposeAsync();
        await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            Note();
            Save();
        }
        stopping.Dispose();
    }

    private void Tick()
    {
        lock (gate)
        {
            Note();
            var pruned = book.Prune(timeProvider.GetUtcNow());
            var changed = !ReferenceEquals(pruned, book);
            book = pruned;
            // A group expires without leaving the book.
            if (changed || kept.Values.Any(static one => one.HasEnd))
                Apply();
            Save();
            if (shared is not null && book.Untold.Count > 0 && telling.IsCompleted)
                telling = TellLaterAsync();
            Schedule();
        }
    }

    private GroupRecord? Find(string group)
    {
        lock (gate)
            return book.Find(group);
    }

    /// <summary>Changes the groups of a machine that is in no fleet.</summary>
    /// <returns>
    /// False: it joins one just now, which may have looked at the groups before this change. Nobody would have it, and nothing is changed.
    /// </returns>
    private bool TryChangeAlone(Func<AccessBook, DateTimeOffset, AccessBook> change)
    {
        lock (gate)
        {
            if (willShare())
                return false;
            var before = book;
            Keep(ChangePruned(book, change));
            if (!willShare())
                return true;
            Keep(before);
            return false;
        }
    }

    private void Keep(AccessBook next)
    {
        file.Write(next);
        saved = book = next;
        Apply();
        Schedule();
    }

    private AccessBook ChangePruned(AccessBook groups, Func<AccessBook, DateTimeOffset, AccessBook> change)
    {
        var now = timeProvider.GetUtcNow();
        return change(groups.Prune(now), now);
    }

    /// <summary>Changes the fleet's groups, and with that tells it what was revoked here.</summary>
    private async Task ShareAsync(Func<AccessBook, AccessBook> change, CancellationToken cancellationToken)
    {
        AccessBook own;
        lock (gate)
            own = book;
        var all = await shared!.ChangeAsync(own, change, cancellationToken);
        lock (gate)
        {
            book = book with { Untold = [.. book.Untold.Except(own.Untold, StringComparer.Ordinal)] };
            // It may have changed again since.
            Follow(shared.Find() ?? all);
        }
    }

    /// <returns>Why the fleet does not know what was revoked here; null: it does.</returns>
    private async Task<string?> TryTellAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ShareAsync(static groups => groups, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is FleetException or AccessException)
        {
            return exception.Message;
        }
    }

    private async Task TellLaterAsync()
    {
        if (await TryTellAsync(stopping.Token) is null)
            HostLog.RevocationShared(logger);
    }

    /// <summary>Uses what the fleet has; the copy of it here is for a start while etcd is away, and for the time after the fleet.</summary>
    private void Follow(AccessBook all)
    {
        followed = all;
        book = book.Follow(all);
        Apply();
        Save();
        Schedule();
    }

    private void Schedule()
    {
        var now = timeProvider.GetUtcNow();
        var longest = shared is not null && book.Untold.Count > 0 ? TellEvery : Every;
        var next = book.NextEnd(now) is { } end && end - now < longest ? end - now : longest;
        timer.Change(next > TimeSpan.Zero ? next : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes which groups have been used since the last look: the day, and nothing more exact.</summary>
    private void Note()
    {
        var today = Today();
        foreach (var (name, one) in kept)
        {
            if (one.TakeUse())
                book = book.Use(name, today);
            one.IsProbed = one.Probes.IsProbed(today);
        }
    }

    /// <summary>The file's time shows when it was written: nothing is written where nothing has changed.</summary>
    private void Save()
    {
        if (ReferenceEquals(book, saved))
            return;
        try
        {
            file.Write(book);
            saved = book;
            problem = null;
        }
        catch (StorageException exception)
        {
            // Once, not every minute.
            if (problem is null)
                HostLog.AccessNotSaved(logger, exception.Message);
            problem = exception.Message;
        }
    }

    private void Apply() => use(CreateTable());

    private AccessTable? CreateTable()
    {
        var now = timeProvider.GetUtcNow();
        foreach (var gone in kept.Keys.Where(name => book.Find(name) is null).ToList())
            kept.Remove(gone);
        foreach (var group in book.Groups)
        {
            if (!kept.TryGetValue(group.Name, out var one))
                kept.Add(group.Name, one = new(new AccessGroup(group.Limit)));
            one.HasEnd = group.Expires is not null;
        }
        return isUnlisted
            ? new(book.LiveNames(now).Select(one => KeyValuePair.Create(one.Name.Host, kept[one.Group.Name].Group)))
            : null;
    }

    private GroupReport Report(GroupRecord group, DateTimeOffset now)
    {
        var one = kept.GetValueOrDefault(group.Name);
        return AccessReports.FromRecord(group, now) with
        {
            Connections = RoundedCount.Up(one?.Group.Open ?? 0),
            BytesUp = RoundedCount.UpBytes(one?.Group.BytesUp ?? 0),
            BytesDown = RoundedCount.UpBytes(one?.Group.BytesDown ?? 0),
            Probed = one?.IsProbed ?? false,
        };
    }

    private DateOnly Today() => DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);

    /// <summary>What a group has besides its record, for as long as the server runs.</summary>
    private sealed class KeptGroup(AccessGroup group)
    {
        private long relayed;

        public AccessGroup Group { get; } = group;

        public ProbeWatch Probes { get; } = new(group);

        public bool IsProbed { get; set; }

        public bool HasEnd { get; set; }

        /// <summary>Whether it was used since the last call.</summary>
        public bool TakeUse()
        {
            var before = relayed;
            relayed = Group.Relayed;
            return relayed != before || Group.Open > 0;
        }
    }
}
