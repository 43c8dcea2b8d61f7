using System.Security.Cryptography;
using Heliograph.Fleet;
using Heliograph.Fleet.Leases;
using Heliograph.Fleet.Restarts;
using Heliograph.Membership;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Fleet;

/// <summary>Asks one machine after the other to restart, and waits until each serves again.</summary>
internal sealed class FleetRestart(FleetAccess access, TextWriter output)
{
    /// <summary>A request ends with this command, should it be killed.</summary>
    private static readonly TimeSpan RequestLife = TimeSpan.FromSeconds(30);

    /// <summary>A server learns of a request at once, or within seconds while its connection to etcd is made anew.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    /// <summary>A machine says how long it may take, and is not believed more than this.</summary>
    private static readonly TimeSpan LongestRestart = TimeSpan.FromHours(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <param name="wanted">Only these machines; empty: all.</param>
    /// <param name="cancellationToken">Ends it; the machine that restarts just now does that to its end.</param>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">There is no such machine, it is down, or one did not come back.</exception>
    public async Task RunAsync(IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var all = (await access.ReportAsync(cancellationToken)).Machines;
        if (wanted.Except(all.Select(static machine => machine.Name), StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new StartException(
                $"no machine is called {unknown}; these are in the fleet: {string.Join(", ", all.Select(static machine => machine.Name))}",
                ExitCode.BadUsage);
        var machines = all.Where(machine => wanted.Count == 0 || wanted.Contains(machine.Name, StringComparer.Ordinal)).ToList();
        var down = machines.Where(static machine => !machine.IsUp).Select(static machine => machine.Name).ToList();
        foreach (var name in down)
            output.WriteLine($"{name}: down, skipped");
        var left = machines.Where(static machine => machine.IsUp).Select(static machine => machine.Name).ToList();
        var count = left.Count;
        await using var lease = await KeptLease.GrantAsync(access.Client, RequestLife, TimeProvider.System, cancellationToken);
        while (left is [var name, ..])
        {
            left.RemoveAt(0);
            await RestartAsync(name, lease, left, cancellationToken);
        }
        output.WriteLine(
            $"{Count(count, "machine")} restarted" + (down.Count == 0 ? "." : $"; down: {string.Join(", ", down)}."));
        if (wanted.Count > 0 && down.Count > 0)
            throw new StartException(
                $"down, and not restarted: {string.Join(", ", down)}. Look at it there: systemctl status heliograph, journalctl -u " +
                $"heliograph");
    }

    private async Task RestartAsync(string name, KeptLease lease, List<string> left, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
        await access.Restarts.AskAsync(name, id, lease, cancellationToken);
        var since = TimeProvider.System.GetTimestamp();
        var note = await WaitAsync(name, id, RestartState.Asked, AnswerLimit, cancellationToken);
        if (note is null)
            throw Stopped($"{name} is up, but did not answer within {AnswerLimit.TotalSeconds:0} s; is its version older?", name, left);
        if (note.State == RestartState.Draining)
        {
            output.Write($"{name}: draining ...");
            output.Flush();
            var limit = TimeSpan.FromSeconds(Math.Clamp(note.Seconds, 0, LongestRestart.TotalSeconds));
            note = await WaitAsync(name, id, RestartState.Draining, limit, cancellationToken);
            var took = TimeProvider.System.GetElapsedTime(since);
            output.WriteLine(note is { State: RestartState.Up } ? $" up again after {took.TotalSeconds:0} s" : "");
            if (note is null)
                throw Stopped($"{name} does not serve again after {took.TotalSeconds:0} s", name, left);
        }
        if (note.State == RestartState.Refused)
            throw Stopped($"{name} does not restart: {Printable(note.Problem)}", name, left);
    }

    /// <returns>What the machine says once it is past a state; null: it says nothing in time.</returns>
    private async Task<RestartNote?> WaitAsync(
        string name, string id, RestartState state, TimeSpan limit, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < limit)
        {
            try
            {
                if (await access.Restarts.FindAsync(name, cancellationToken) is { } note && note.Id == id && note.State != state)
                    return note;
            }
            catch (FleetException exception) when (exception.Failure == FleetFailure.Unreachable)
            {
                // etcd may restart, too; the time is bounded.
            }
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
        return null;
    }

    private static StartException Stopped(string problem, string name, List<string> left) => new(
        $"{problem}. Look at it on {name}: systemctl status heliograph, journalctl -u heliograph. " + (left.Count == 0
            ? "It was the last one"
            : $"Not restarted: {string.Join(", ", left)}; once {name} is well, go on with: heliograph fleet restart" +
                string.Concat(left.Select(static other => $" --machine {other}"))));

    /// <summary>A terminal shows it, and a machine of the fleet may say anything.</summary>
    private static string Printable(string? text) =>
        string.Concat((text ?? "it does not say why").Where(static c => !char.IsControl(c)).Take(500)).TrimEnd('.');
}
