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

    private readonly AccessFile file;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, KeptGroup> kept = new(StringComparer.Ordinal);
    private readonly ITimer timer;
    private AccessBook book;
    private AccessBook saved;
    private Action<AccessTable?> use = static _ => { };
    private bool isUnlisted;
    private string? problem;

    /// <param name="file">Where the groups are kept; held by this process.</param>
    /// <param name="isUnlisted">Whether only their names are relayed: <c>access.mode</c>.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Reports failed writes, without any name.</param>
    /// <exception cref="StartException">The file cannot be read: without it nobody's link would work.</exception>
    public AccessKeeper(AccessFile file, bool isUnlisted, TimeProvider timeProvider, ILogger logger)
    {
        this.file = file;
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
        Schedule();
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

    /// <inheritdoc/>
    public AccessBook Change(Func<AccessBook, DateTimeOffset, AccessBook> change)
    {
        lock (gate)
        {
            var now = timeProvider.GetUtcNow();
            var next = change(book.Prune(now), now);
            file.Write(next);
            saved = book = next;
            Apply();
            Schedule();
            return next;
        }
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
        await timer.DisposeAsync();
        lock (gate)
        {
            Note();
            Save();
        }
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
            Schedule();
        }
    }

    private void Schedule()
    {
        var now = timeProvider.GetUtcNow();
        var next = book.NextEnd(now) is { } end && end - now < Every ? end - now : Every;
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
