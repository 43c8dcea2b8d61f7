using Heliograph.Fleet;
using Heliograph.Fleet.Restarts;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>How the server of this machine board.</summary>
/// <param name="FindProblemAsync">Why the next process would not start; null: it would.</param>
/// <param name="LongestDrain">How long open connections may go on.</param>
/// <param name="Restart">Begins.</param>
internal sealed record RestartHandler(Func<Task<string?>> FindProblemAsync, Func<TimeSpan> LongestDrain, Action Restart);

/// <summary>
/// Restarts this machine when the fleet asks, if it is its turn, which the next process gives back once it serves. A machine that does not
/// come back holds it until it runs out.
/// </summary>
internal sealed class MachineRestart(RestartBoard board, MembershipFiles files, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>The unit's TimeoutStartSec=, and some margin for a machine where many things start.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(RestartHandler handler, CancellationToken cancellationToken)
    {
        if (files.ReadTurn() is { } turn)
            await EndAsync(turn, cancellationToken);
        await board.RunAsync(request => AnswerAsync(request, handler, cancellationToken), cancellationToken);
    }

    private async Task EndAsync(RestartTurn turn, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await board.EndAsync(turn, problem: null, cancellationToken);
                files.ForgetTurn();
                HostLog.RestartEnds(logger);
                return;
            }
            catch (FleetException)
            {
                // etcd is away, which the log has from elsewhere. The others wait until this ends, or the turn does.
                await Task.Delay(Pause, timeProvider, cancellationToken);
            }
        }
    }

    private async Task AnswerAsync(RestartRequest request, RestartHandler handler, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await handler.FindProblemAsync();
            if (problem is null)
            {
                if (await board.TryTakeAsync(request, handler.LongestDrain() + LongestStart, cancellationToken) is { } turn)
                {
                    await BeginAsync(turn, handler, cancellationToken);
                    return;
                }
                problem = "another machine restarts just now, or did not come back; try again in a few minutes";
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

    private async Task BeginAsync(RestartTurn turn, RestartHandler handler, CancellationToken cancellationToken)
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
