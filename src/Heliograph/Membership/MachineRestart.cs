using Heliograph.Fleet;
using Heliograph.Fleet.Restarts;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>How the server of this machine restarts.</summary>
/// <param name="FindProblemAsync">Why the next process would not start; null: it would.</param>
/// <param name="LongestDrain">How long open connections may go on.</param>
/// <param name="Restart">Begins.</param>
internal sealed record RestartHandler(Func<Task<string?>> FindProblemAsync, Func<TimeSpan> LongestDrain, Action Restart);

/// <summary>
/// Restarts this machine when the fleet asks, if it is its turn, which the next process gives back once it serves. A machine that does not
/// come back holds it until it runs out.
/// </summary>
/// <remarks>To be made once, at the start of the process: the turn that its file has then is that of the process before.</remarks>
internal sealed class MachineRestart(MembershipFiles files, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>The unit's TimeoutStartSec=, and some margin for a machine where many things start.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly long start = timeProvider.GetTimestamp();
    private RestartTurn? before = ReadTurn(files, logger);

    /// <summary>Gives back the turn of the process before, and answers requests.</summary>
    /// <param name="board">Another one after a change of the fleet's key.</param>
    /// <param name="handler">How it restarts.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task RunAsync(RestartBoard board, RestartHandler handler, CancellationToken cancellationToken)
    {
        if (before is { } turn)
        {
            await EndAsync(board, turn, handler.LongestDrain() + LongestStart, cancellationToken);
            before = null;
            files.ForgetTurn();
        }
        await board.RunAsync(request => AnswerAsync(board, request, handler, cancellationToken), cancellationToken);
    }

    private static RestartTurn? ReadTurn(MembershipFiles files, ILogger logger)
    {
        try
        {
            return files.ReadTurn();
        }
        catch (StartException exception)
        {
            HostLog.RestartNotEnded(logger, exception.Message);
            return null;
        }
    }

    private async Task EndAsync(RestartBoard board, RestartTurn turn, TimeSpan life, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await board.EndAsync(turn, problem: null, cancellationToken);
                HostLog.RestartEnds(logger);
                return;
            }
            catch (FleetException exception) when (
                exception.Failure == FleetFailure.AccessDenied || timeProvider.GetElapsedTime(start) > life)
            {
                HostLog.RestartNotEnded(logger, exception.Message);
                return;
            }
            catch (FleetException)
            {
                // etcd is away, which the log has from elsewhere. The others wait until this ends, or the turn does.
                await Task.Delay(Pause, timeProvider, cancellationToken);
            }
        }
    }

    private async Task AnswerAsync(
        RestartBoard board, RestartRequest request, RestartHandler handler, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await handler.FindProblemAsync();
            if (problem is null)
            {
                var (turn, isTaken) =
                    await board.TryTakeAsync(request, handler.LongestDrain() + LongestStart, cancellationToken);
                if (turn is not null)
                {
                    await BeginAsync(board, turn, handler, cancellationToken);
                    return;
                }
                problem = isTaken
                    ? "another machine restarts just now, or did not come back; try again in a few minutes"
                    : "the command that asked has ended";
            }
            HostLog.RestartRefused(logger, problem);
            await board.RefuseAsync(request, problem, cancellationToken);
        }
        catch (FleetException exception)
        {
            // Who asked waits for an answer for some seconds only.
            HostLog.RestartRefused(logger, exception.Message);
        }
    }

    private async Task BeginAsync(RestartBoard board, RestartTurn turn, RestartHandler handler, CancellationToken cancellationToken)
    {
        try
        {
            files.Write(turn);
        }
        catch (StartException exception)
        {
            // Nobody could give it back afterwards.
            HostLog.RestartRefused(logger, exception.Message);
            await board.EndAsync(turn, exception.Message, cancellationToken);
            return;
        }
        HostLog.RestartBegins(logger);
        handler.Restart();
    }
}
