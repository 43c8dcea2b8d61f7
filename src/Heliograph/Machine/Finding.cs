namespace Heliograph.Machine;

/// <summary>What one check of this machine found.</summary>
/// <param name="Name">One or two words: what was checked.</param>
/// <param name="Severity">How serious it is.</param>
/// <param name="Seen">What was seen, for a person.</param>
/// <param name="Remedy">What to do about it; null: nothing.</param>
internal sealed record Finding(string Name, Severity Severity, string Seen, string? Remedy = null)
{
    /// <summary>Another program holds it; it is free once that program stops.</summary>
    public bool Held { get; init; }
}

/// <summary>A check that has yet to run.</summary>
/// <param name="Name">The name of its finding, shown while it runs.</param>
/// <param name="RunAsync">Runs it; bounded in time, and throws only when cancelled.</param>
internal sealed record MachineCheck(string Name, Func<CancellationToken, Task<Finding>> RunAsync)
{
    public static MachineCheck Immediate(string name, Func<Finding> check) => new(name, _ => Task.FromResult(check()));
}
