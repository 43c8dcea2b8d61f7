using System.Text.Json;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Leases;

namespace Heliograph.Fleet.Restarts;

/// <summary>
/// Restarts, one machine at a time: whoever asks leaves a note for a machine, and the machine takes the one turn that there is and gives
/// it back when it serves again. The note ends with the one who asked, the turn with its time.
/// </summary>
public sealed class RestartBoard
{
    /// <summary>No document of a set of names has this name.</summary>
    private const string TurnName = "restart";

    private readonly FleetMember member;

    public RestartBoard(FleetMember member) => this.member = member;

    private string Turn => member.Names.Lock(TurnName);

    /// <summary>Asks a machine to restart.</summary>
    /// <param name="node">The machine.</param>
    /// <param name="id">Of this request.</param>
    /// <param name="lease">The note is gone when nobody waits for its answer any more.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public Task AskAsync(string node, string id, KeptLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var key = member.Names.Restart(node);
        return member.Client.CommitAsync(
            new Transaction
            {
                Comparisons = [],
                Writes = [Write.Put(key, Seal(key, new RestartNote { Id = id, State = RestartState.Asked }), lease.Id)],
            },
            cancellationToken);
    }

    /// <returns>What a machine has said; null: nobody asks it.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<RestartNote?> FindAsync(string node, CancellationToken cancellationToken) =>
        await member.Client.FindAsync(member.Names.Restart(node), cancellationToken) is { } found ? Read(found) : null;

    /// <summary>Calls <paramref name="asked"/> with each request to this machine, until it is cancelled.</summary>
    public async Task RunAsync(Func<RestartRequest, Task> asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asked);
        await foreach (var step in member.Watch(member.Names.Restart(member.Node)).RunAsync(cancellationToken))
        {
            foreach (var found in step.Whole ?? [.. step.Events.Select(static change => change.Current).OfType<KeyValue>()])
            {
                if (Read(found) is { State: RestartState.Asked } note)
                    await asked(new RestartRequest(note, found));
            }
        }
    }

    /// <summary>Answers that this machine goes on as it is.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public Task RefuseAsync(RestartRequest request, string problem, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return member.Client.CommitAsync(
            new Transaction
            {
                Comparisons = [Comparison.Modified(request.Found.Key, request.Found.ModRevision)],
                Writes = [Answer(request.Found, request.Note with { State = RestartState.Refused, Problem = problem })],
            },
            cancellationToken);
    }

    /// <summary>Takes the turn and says so, both or neither.</summary>
    /// <param name="request">What it is taken for.</param>
    /// <param name="life">When it ends, should this machine not come back.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Without a turn: whether somebody has it. If not, nobody asks any more.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<(RestartTurn? Turn, bool IsTaken)> TryTakeAsync(
        RestartRequest request, TimeSpan life, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (lease, granted) = await member.Client.GrantAsync(life, cancellationToken);
        var draining = request.Note with { State = RestartState.Draining, Seconds = (int)granted.TotalSeconds };
        var result = await member.Client.CommitAsync(
            new Transaction
            {
                Comparisons = [Comparison.Absent(Turn), Comparison.Modified(request.Found.Key, request.Found.ModRevision)],
                Writes =
                [
                    Write.Put(Turn, member.Seal(Turn, NamedContent.Write(member.Node, 0, [])), lease),
                    Answer(request.Found, draining),
                ],
                Read = [Turn],
            },
            cancellationToken);
        // Its own lease: the transaction was sent twice, and the first answer got lost.
        if (result.Succeeded || result.Found[0]?.Lease == lease)
            return (new RestartTurn(request.Note.Id, lease), IsTaken: true);
        await member.Client.RevokeAsync(lease, cancellationToken);
        return (null, IsTaken: result.Found[0] is not null);
    }

    /// <summary>Gives the turn back, and says that this machine serves again, or goes on as it was.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task EndAsync(RestartTurn turn, string? problem, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        // The turn first: who hears that this machine is up asks the next one.
        await member.Client.RevokeAsync(turn.Lease, cancellationToken);
        if (await member.Client.FindAsync(member.Names.Restart(member.Node), cancellationToken) is not { } found
            || Read(found) is not { State: RestartState.Draining } note || note.Id != turn.Id)
            return;
        try
        {
            await member.Client.CommitAsync(
                new Transaction
                {
                    Comparisons = [Comparison.Modified(found.Key, found.ModRevision)],
                    Writes =
                    [
                        Answer(
                            found,
                            note with { State = problem is null ? RestartState.Up : RestartState.Refused, Problem = problem }),
                    ],
                },
                cancellationToken);
        }
        catch (FleetException exception) when (exception.Failure == FleetFailure.LeaseGone)
        {
            // Nobody waits any more.
        }
    }

    private Write Answer(KeyValue found, RestartNote note) => Write.Put(found.Key, Seal(found.Key, note), found.Lease);

    private byte[] Seal(string key, RestartNote note) =>
        member.Seal(key, JsonSerializer.SerializeToUtf8Bytes(note, RestartJson.Default.RestartNote));

    private RestartNote? Read(KeyValue found)
    {
        try
        {
            return member.Open(found) is { } opened
                && JsonSerializer.Deserialize(opened, RestartJson.Default.RestartNote) is { Id: not null } note ? note : null;
        }
        catch (JsonException)
        {
            // Of a machine with another version.
            return null;
        }
    }
}

/// <summary>A request to this machine, as it is in etcd.</summary>
public sealed record RestartRequest
{
    internal RestartRequest(RestartNote note, KeyValue found)
    {
        Note = note;
        Found = found;
    }

    internal RestartNote Note { get; }

    internal KeyValue Found { get; }
}
