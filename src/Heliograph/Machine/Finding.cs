namespace Heliograph.Machine;

internal enum Verdict
{
    Good,

    /// <summary>It works, or may work, and somebody ought to know.</summary>
    Warning,

    /// <summary>The proxy will not work like this.</summary>
    Failure,
}

/// <summary>What one look at the machine saw.</summary>
/// <param name="Name">One or two words: what was looked at.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Seen">What was seen, for a person.</param>
/// <param name="Remedy">How to mend it, where there is something to mend.</param>
internal sealed record Finding(string Name, Verdict Verdict, string Seen, string? Remedy = null)
{
    /// <summary>Another program has what was looked at: it is ours once that ends.</summary>
    public bool Held { get; init; }
}

/// <summary>A look that is yet to be taken.</summary>
/// <param name="Name">That of its finding, to be shown while it is taken.</param>
/// <param name="TakeAsync">Takes it; bounded in time, and throws for nothing but the cancellation.</param>
internal sealed record Look(string Name, Func<CancellationToken, Task<Finding>> TakeAsync)
{
    public static Look At(string name, Func<Finding> take) => new(name, _ => Task.FromResult(take()));
}
