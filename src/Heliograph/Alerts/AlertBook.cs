namespace Heliograph.Alerts;

/// <summary>What was told last of a cause.</summary>
/// <param name="State">What was told.</param>
/// <param name="Told">When.</param>
internal sealed record AlertRecord(AlertState State, DateTimeOffset Told);

/// <summary>The rule of one message a day for one cause; that it works again counts as one too.</summary>
internal sealed class AlertBook
{
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Causes that nothing asks about any more, such as a host that was taken off the list.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);

    private readonly Dictionary<string, AlertRecord> records;

    public AlertBook(IReadOnlyDictionary<string, AlertRecord> records) => this.records = new(records, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, AlertRecord> Records => records;

    /// <summary>What is to be told now of a cause, and is from now on told; null: nothing.</summary>
    /// <param name="cause">The name of one cause.</param>
    /// <param name="fails">Null: nobody knows, at present.</param>
    /// <param name="now">The time.</param>
    public AlertState? Judge(string cause, bool? fails, DateTimeOffset now)
    {
        if (fails is not { } failing)
            return null;
        var last = records.GetValueOrDefault(cause);
        // A clock that was set back must not silence a cause for longer than a day.
        if (last is not null && now - last.Told < Day && last.Told <= now)
            return null;
        AlertState? next = failing ? AlertState.Failing : last is { State: AlertState.Failing } ? AlertState.WorksAgain : null;
        if (next is { } state)
            records[cause] = new(state, now);
        else
            records.Remove(cause);
        return next;
    }

    /// <summary>Drops what is long past.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var (cause, last) in records)
        {
            if (now - last.Told > Forgotten)
                records.Remove(cause);
        }
    }
}
