namespace Heliograph.Soak.Judging;

/// <summary>What a disturbance makes inevitable, and for whom.</summary>
/// <param name="Late">Who may wait long for the first byte.</param>
/// <param name="Lost">Who may get no answer, or not the whole of it.</param>
/// <param name="Grace">How long after its end.</param>
internal sealed record Excuse(Lane Late, Lane Lost, TimeSpan Grace)
{
    public static Excuse None { get; } = new(Lane.None, Lane.None, TimeSpan.Zero);
}

/// <summary>The disturbances so far, each from its beginning to its end.</summary>
internal sealed class Windows
{
    /// <summary>After that much a figure is the server's own again, and no longer the disturbance's.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly List<Window> windows = [];

    public IReadOnlyList<Window> All
    {
        get
        {
            lock (gate)
                return [.. windows];
        }
    }

    /// <summary>What is going on; empty: nothing.</summary>
    public string NameAt(TimeSpan at) => All.FirstOrDefault(window => window.From <= at && at <= window.To)?.Name ?? "";

    public Window Open(string name, Excuse excuse, TimeSpan now)
    {
        var window = new Window(name, excuse, now);
        lock (gate)
            windows.Add(window);
        return window;
    }

    /// <summary>The disturbance that excuses a client for an interval, or null.</summary>
    /// <param name="lane">The client's.</param>
    /// <param name="isLost">For missing bytes; otherwise for a late one.</param>
    /// <param name="start">When the client began.</param>
    /// <param name="end">When it had waited enough.</param>
    public string? FindExcuse(Lane lane, bool isLost, TimeSpan start, TimeSpan end) =>
        All.FirstOrDefault(window =>
            ((isLost ? window.Excuse.Lost : window.Excuse.Late) & lane) != Lane.None
            && window.From <= end
            && start <= window.To + window.Excuse.Grace)?.Name;

    /// <summary>Whether no disturbance is going on that excuses anybody, nor has been until a moment ago.</summary>
    public bool IsCalm(TimeSpan at) =>
        !All.Any(window => window.Excuse != Excuse.None && window.From <= at && at <= window.To + Settling);
}

/// <summary>One disturbance.</summary>
internal sealed class Window(string name, Excuse excuse, TimeSpan from)
{
    // Far enough to add a grace to.
    private long to = TimeSpan.FromDays(10_000).Ticks;

    public string Name => name;

    public Excuse Excuse => excuse;

    public TimeSpan From => from;

    public TimeSpan To => TimeSpan.FromTicks(Volatile.Read(ref to));

    public void Close(TimeSpan now) => Volatile.Write(ref to, now.Ticks);
}
