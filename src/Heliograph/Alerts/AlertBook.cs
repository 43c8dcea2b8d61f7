namespace Heliograph.Alerts;

/// <summary>The last message about a cause.</summary>
/// <param name="State">What it reported.</param>
/// <param name="Told">When it was sent.</param>
internal sealed record AlertRecord(AlertState State, DateTimeOffset Told);

/// <summary>Decides when to send: at most one message per cause and day, the good news included.</summary>
internal sealed class AlertBook
{
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>For causes that are no longer watched, such as a host that was removed from the list.</summary>
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    private readonly Dictionary<string, AlertRecord> records;

    public AlertBook(IReadOnlyDictionary<string, AlertRecord> records) => this.records = new(records, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, AlertRecord> Records => records;

    /// <summary>What to report about a cause now, which is then recorded as sent; null: nothing.</summary>
    /// <param name="cause">The name of the cause.</param>
    /// <param name="fails">Null: not known at present.</param>
    /// <param name="now">The current time.</param>
    public AlertState? Judge(string cause, bool? fails, DateTimeOffset now)
    {
        if (fails is not { } failing)
            return null;
        var last = records.GetValueOrDefault(cause);
        // A clock that was set back must not silence a cause for more than a day.
        if (last is not null && now - last.Told < Day && last.Told <= now)
            return null;
        AlertState? next = failing ? AlertState.Failing : last is { State: AlertState.Failing } ? AlertState.WorksAgain : null;
        if (next is { } state)
            records[cause] = new(state, now);
        else
            records.Remove(cause);
        return next;
    }

    /// <summary>Drops old records.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var (cause, last) in records)
        {
            if (now - last.Told > KeepFor)
                records.Remove(cause);
        }
    }
}
