namespace Heliograph.Machine;

/// <summary>What one check of this machine found.</summary>
/// <param name="Name">One or two words: what was checked.</param>
/// <param name="Severity">How it is.</param>
/// <param name="Seen">What was seen, for a person.</param>
/// <param name="Remedy">What to do about it; null: nothing.</param>
internal sealed record Finding(string Name, Severity Severity, string Seen, string? Remedy = null)
{
    /// <summary>Another program holds it, and it is ours once that ends.</summary>
    public bool Held { get; init; }
}

/// <summary>A check that is still to run.</summary>
/// <param name="Name">That of its finding, shown while it runs.</param>
/// <param name="RunAsync">Runs it; bounded in time, and throws only when cancelled.</param>
internal sealed record MachineCheck(string Name, Func<CancellationToken, Task<Finding>> RunAsync)
{
    public static MachineCheck Immediate(string name, Func<Finding> take) => new(name, _ => Task.FromResult(take()));
}
