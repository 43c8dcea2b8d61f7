using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Relay.Access;
using Microsoft.Extensions.Logging;

namespace Heliograph.Sources;

/// <summary>
/// The lists of the running server: read when they change, downloaded when they are due, and used by the relay as soon as they are whole.
/// One that cannot be read leaves the last good one in use. From any thread.
/// </summary>
internal sealed class SourceKeeper : IAsyncDisposable
{
    /// <summary>How often files are looked at, and whether a download is due.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>After a download that failed, unless the next one is due before.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(15);

    private readonly SourceCopies copies;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ITimer timer;
    private Dictionary<string, SourceList> lists = new(StringComparer.Ordinal);
    private SourceSettings settings = new();
    private Action<SourceRules?> use = static _ => { };
    private Task downloading = Task.CompletedTask;

    /// <param name="settings">The lists.</param>
    /// <param name="stateDirectory">Where copies of what was downloaded are kept.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Told of lists, never of anybody who is on one.</param>
    public SourceKeeper(SourceSettings settings, string stateDirectory, TimeProvider timeProvider, ILogger logger)
    {
        copies = new SourceCopies(stateDirectory, timeProvider, logger);
        this.timeProvider = timeProvider;
        this.logger = logger;
        timer = timeProvider.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Use(settings);
    }

    /// <summary>What the relay starts with; null: everybody is relayed.</summary>
    public SourceRules? Rules { get; private set; }

    /// <summary>The download that is under way, or the last one; for tests.</summary>
    internal Task Downloading => downloading;

    /// <summary>Called once the relay serves.</summary>
    public void Attach(Action<SourceRules?> use)
    {
        lock (gate)
        {
            this.use = use;
            use(Rules);
        }
    }

    /// <summary>At the start and after a reload: reads every file, and asks again for what could not be downloaded.</summary>
    public void Use(SourceSettings changed)
    {
        lock (gate)
        {
            settings = changed;
            var old = lists;
            lists = changed.Lists.ToDictionary(
                static source => source, source => old.GetValueOrDefault(source) ?? new SourceList(source), StringComparer.Ordinal);
            foreach (var list in lists.Values)
            {
                if (list.Address is null)
                    ReadFile(list, isRequested: true);
                else if (!old.ContainsKey(list.Source))
                    ReadCopy(list);
                else if (list.Problem is not null)
                    list.AskedAt = null;
            }
            copies.Keep(lists.Keys);
            Apply();
            timer.Change(lists.Count > 0 ? Every : Timeout.InfiniteTimeSpan, lists.Count > 0 ? Every : Timeout.InfiniteTimeSpan);
        }
        DownloadDue();
    }

    /// <returns>Null: no source is blocked.</returns>
    public SourceReport? Report()
    {
        lock (gate)
        {
            return settings.IsOff ? null : new()
            {
                Block = [.. settings.BlockLists.Select(Describe)],
                Allow = [.. settings.Allow.Select(Describe)],
                BlocksAll = settings.BlocksAll,
            };
        }

        SourceListReport Describe(string source) =>
            lists[source] is var list && list.Set is null
                ? new(list.Name, null, list.Problem)
                : new(list.Name, list.Prefixes, list.Problem);
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await stopping.CancelAsync();
        Task last;
        lock (gate)
            last = downloading;
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private void Tick()
    {
        // A file on a server that does not respond must not pile up threads here.
        if (!gate.TryEnter())
            return;
        try
        {
            var changed = false;
            foreach (var list in lists.Values.Where(static list => list.Address is null))
                changed |= ReadFile(list, isRequested: false);
            if (changed)
                Apply();
        }
        finally
        {
            gate.Exit();
        }
        DownloadDue();
    }

    /// <returns>Whether another list is in use now.</returns>
    private bool ReadFile(SourceList list, bool isRequested)
    {
        try
        {
            return list.File.ReadIfChanged(PrefixListReader.LongestList, isRequested) is { } bytes && Take(list, bytes, isRequested);
        }
        catch (UnusableException exception)
        {
            Reject(list, exception.Message, isRequested);
            return false;
        }
    }

    private void ReadCopy(SourceList list)
    {
        try
        {
            if (copies.Read(list.Source) is not { } copy || !Take(list, copy.Bytes, isRequested: false))
                return;
            list.Validators = copy.Validators;
            // From a clock that was wrong.
            list.AskedAt = copy.AskedAt <= timeProvider.GetUtcNow() ? copy.AskedAt : null;
        }
        catch (StorageException exception)
        {
            Reject(list, exception.Message, isRequested: false);
        }
    }

    private void DownloadDue()
    {
        lock (gate)
        {
            var now = timeProvider.GetUtcNow();
            if (downloading.IsCompleted && !stopping.IsCancellationRequested && lists.Values.Any(list => IsDue(list, now)))
                downloading = Task.Run(DownloadAsync);
        }
    }

    private bool IsDue(SourceList list, DateTimeOffset now)
    {
        var pause = list.Problem is not null && RetryAfter < settings.Refresh ? RetryAfter : settings.Refresh;
        return list.Address is not null && (list.AskedAt is not { } asked || asked > now || now - asked >= pause);
    }

    /// <summary>Downloads what is due, one list after the other.</summary>
    private async Task DownloadAsync()
    {
        while (FindDue() is { } list)
        {
            try
            {
                var downloaded = await SourceDownload.GetAsync(list.Address!, list.Validators, timeProvider, stopping.Token);
                lock (gate)
                    Take(list, downloaded);
            }
            catch (UnusableException exception)
            {
                lock (gate)
                    Reject(list, exception.Message, isRequested: false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private SourceList? FindDue()
    {
        lock (gate)
        {
            var now = timeProvider.GetUtcNow();
            var due = lists.Values.FirstOrDefault(list => IsDue(list, now));
            if (due is not null)
                due.AskedAt = now;
            return due;
        }
    }

    private void Take(SourceList list, Downloaded downloaded)
    {
        // A reload may have removed it.
        if (lists.GetValueOrDefault(list.Source) != list)
            return;
        if (downloaded.Bytes is null && list.Set is null)
        {
            Reject(list, "its server answered 304 to who has no copy; check the address", isRequested: false);
            return;
        }
        try
        {
            var bytes = downloaded.Bytes;
            if (bytes is null)
                list.Problem = null;
            else if (!Take(list, bytes, isRequested: false))
                return;
            bytes ??= copies.Read(list.Source)?.Bytes;
            // Without a copy, the next answer has to be the list itself.
            list.Validators = bytes is null ? new(null, null) : downloaded.Validators;
            Apply();
            if (bytes is not null)
                copies.Write(list.Source, new(bytes, downloaded.Validators, list.AskedAt!.Value));
        }
        catch (StorageException exception)
        {
            list.Validators = new(null, null);
            Reject(list, $"it is in use, but no copy can be kept for the next start: {exception.Message.TrimEnd('.')}", isRequested: false);
        }
    }

    /// <summary>Uses a list if every line of it is good.</summary>
    private bool Take(SourceList list, byte[] bytes, bool isRequested)
    {
        var most = PrefixListReader.MostPrefixes - lists.Values.Where(other => other != list).Sum(static other => other.Prefixes);
        var set = PrefixListReader.Read(bytes, most, out var count, out var problem);
        // A file may be emptied on purpose; a server that sends nothing is broken.
        if (set is not null && count == 0 && list.Address is not null)
            (set, problem) = (null, "it holds no prefix; check the address");
        if (set is null)
        {
            Reject(list, problem!, isRequested);
            return false;
        }
        (list.Set, list.Prefixes, list.Problem) = (set, count, null);
        HostLog.SourceListTaken(logger, list.Name, count);
        if (!settings.BlocksPrivate && settings.BlockLists.Contains(list.Source, StringComparer.Ordinal) && set.Overlaps(PrefixSet.Private))
            HostLog.SourceListHasPrivate(logger, list.Name);
        return true;
    }

    /// <param name="list">The list.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="isRequested">By the operator, who wants an answer; otherwise one line is enough until something changes.</param>
    private void Reject(SourceList list, string problem, bool isRequested)
    {
        if (isRequested || problem != list.Problem)
            HostLog.SourceListRejected(
                logger, list.Name, list.Set is null ? "it counts as empty" : "the last good one stays in use", problem);
        list.Problem = problem;
    }

    private void Apply()
    {
        Rules = settings.IsOff ? null : new(CreateBlock(), Join(settings.Allow));
        use(Rules);
    }

    private PrefixSet CreateBlock()
    {
        var block = settings.BlocksAll ? PrefixSet.All : Join(settings.BlockLists);
        return settings.BlocksPrivate ? block : block.Without(PrefixSet.Private);
    }

    private PrefixSet Join(IEnumerable<string> sources) =>
        PrefixSet.Join([.. sources.Select(source => lists[source].Set).OfType<PrefixSet>()]);
}
