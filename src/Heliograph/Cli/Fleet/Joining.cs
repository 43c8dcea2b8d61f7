namespace Heliograph.Cli.Fleet;

/// <summary>What <c>fleet join</c> has come to.</summary>
/// <param name="Name">The machine's name in the fleet.</param>
internal sealed record Joining(string Name)
{
    /// <summary>The machine had joined by this token before: nothing was changed.</summary>
    public bool WasDone { get; init; }

    /// <summary>Where the groups are that it had before; null: it had none.</summary>
    public string? GroupsBefore { get; init; }
}
