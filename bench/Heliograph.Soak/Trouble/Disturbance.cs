using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Trouble;

/// <summary>Something that happens to a server and passes.</summary>
/// <param name="Name">In the table and in the picture.</param>
/// <param name="Excuse">What it makes inevitable.</param>
/// <param name="HappenAsync">Lets it happen and waits until it is over; is cancelled with the run, and then puts everything right.</param>
internal sealed record Disturbance(string Name, Excuse Excuse, Func<CancellationToken, Task> HappenAsync)
{
    /// <summary>There is no calm before it.</summary>
    public bool FollowsAtOnce { get; init; }
}
