namespace Heliograph.Fleet.Etcd;

/// <summary>
/// Several writes that happen together if all comparisons hold, and not at all otherwise. <see cref="Read"/> is what to tell in that
/// case. A transaction may be sent twice, when the first answer was lost: whoever then reads its own value has written it.
/// </summary>
public sealed record Transaction
{
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    public required IReadOnlyList<Write> Writes { get; init; }

    /// <summary>The keys that are read if a comparison does not hold.</summary>
    public IReadOnlyList<string> Read { get; init; } = [];
}

/// <summary>A number that a key has to have. 0: there is no such key.</summary>
public readonly record struct Comparison
{
    private Comparison(string key, ComparedNumber what, long number)
    {
        Key = key;
        What = what;
        Number = number;
    }

    public string Key { get; }

    public ComparedNumber What { get; }

    public long Number { get; }

    public static Comparison Created(string key, long revision) => new(key, ComparedNumber.Creation, revision);

    public static Comparison Modified(string key, long revision) => new(key, ComparedNumber.LastChange, revision);

    public static Comparison Leased(string key, long lease) => new(key, ComparedNumber.Lease, lease);

    public static Comparison Absent(string key) => Modified(key, 0);
}

/// <summary>What is compared of a key.</summary>
public enum ComparedNumber
{
    /// <summary>The revision at which it was created.</summary>
    Creation,

    /// <summary>The revision of its last change.</summary>
    LastChange,

    /// <summary>Its lease.</summary>
    Lease,
}

/// <summary>A value to put, or a key to delete.</summary>
public readonly record struct Write
{
    private Write(string key, byte[]? value, long lease)
    {
        Key = key;
        // Not assigned at once: the conversion of a null array is an empty value, and no deletion.
        if (value is not null)
            Value = value;
        Lease = lease;
    }

    public string Key { get; }

    /// <summary>Null: delete it.</summary>
    public ReadOnlyMemory<byte>? Value { get; }

    /// <summary>The key ends with this lease. 0: it stays.</summary>
    public long Lease { get; }

    public static Write Put(string key, byte[] value, long lease) => new(key, value, lease);

    public static Write Delete(string key) => new(key, null, 0);
}

/// <param name="Succeeded">The comparisons held, and the writes are done.</param>
/// <param name="Revision">The store's; if it succeeded, the new one of what was written.</param>
/// <param name="Found">If it did not: what is there under <see cref="Transaction.Read"/>, in that order; null for no such key.</param>
public sealed record TransactionResult(bool Succeeded, long Revision, IReadOnlyList<KeyValue?> Found);
