using System.Net;
using System.Net.Sockets;
using Heliograph.Compare;
using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Trouble;

/// <summary>What happens to the server, in this order, and who may notice it.</summary>
internal sealed class Disturbances(
    Server server, MortalUpstream mortal, NameServer names, Clock? clock, MemoryGroup? memory, TimeSpan length)
{
    // How long the server trusts an answer of DNS; it asks for a name at most that long after the last time.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(65);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(10);

    private int lies;

    public IReadOnlyList<Disturbance> All()
    {
        List<Disturbance> all =
        [
            new("reload", Excuse.None, ReloadAsync),
            new("upstream dead", new(Lane.Dying, Lane.Dying, Moment), DieAsync),
            new("disk full", new(Lane.Renewal, Lane.Renewal, Moment), FillDiskAsync),
            // A name that is known stays known while nobody answers.
            new("DNS hangs", Excuse.None, HangAsync),
            // The server asks again a few seconds after a silence, and a minute after an answer.
            new("DNS lies", new(Lane.Named, Lane.Named, Fresh), LieAsync) { FollowsAtOnce = true },
            new("stopped", new(Lane.Clients | Lane.Renewal, Lane.None, Moment), StopAsync),
            new("no descriptors", new(Lane.New | Lane.Renewal, Lane.New | Lane.Renewal, Moment), UseUpDescriptorsAsync),
        ];
        if (clock is not null)
        {
            // A certificate is not valid to a server whose clock is a day behind; those who connect have the true time.
            all.Add(new("clock + 1 day", new(Lane.Renewal, Lane.Renewal, Moment), token => StepAsync(1, token)));
            all.Add(new("clock - 1 day", new(Lane.Renewal, Lane.Renewal, Moment), token => StepAsync(-1, token)));
        }
        if (memory is not null)
            all.Add(new("memory pressure", new(Lane.Clients | Lane.Renewal, Lane.Renewal, Moment), SqueezeAsync));
        return all;
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var before = server.Reloaded;
        server.Reload();
        await UntilAsync(() => server.Reloaded > before, TimeSpan.FromSeconds(20), cancellationToken);
        if (server.Reloaded == before)
            throw new CompareException("a reload was not reported within 20 s");
    }

    private async Task DieAsync(CancellationToken cancellationToken)
    {
        mortal.Die();
        await HoldAsync(length, mortal.ComeBack, cancellationToken);
    }

    private async Task FillDiskAsync(CancellationToken cancellationToken)
    {
        server.FillDisk();
        await Task.WhenAll(server.RenewAsync(), HoldAsync(length, server.EmptyDisk, cancellationToken));
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        var before = names.Asked;
        names.Answers = Answers.None;
        try
        {
            await UntilAsync(() => names.Asked > before, Fresh, cancellationToken);
            await Task.Delay(length, cancellationToken);
        }
        finally
        {
            names.Answers = Answers.Honest;
        }
    }

    private async Task LieAsync(CancellationToken cancellationToken)
    {
        var before = names.Asked;
        names.Answers = lies++ % 2 == 0 ? Answers.Denied : Answers.Wrong;
        try
        {
            await UntilAsync(() => names.Asked > before, Fresh, cancellationToken);
        }
        finally
        {
            names.Answers = Answers.Honest;
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        const int SigContinue = 18, SigStop = 19;
        server.Child.Signal(SigStop);
        await HoldAsync(Stop, () => server.Child.Signal(SigContinue), cancellationToken);
    }

    /// <summary>Connections that say nothing take all that the server has.</summary>
    private async Task UseUpDescriptorsAsync(CancellationToken cancellationToken)
    {
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < Server.Descriptors; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                socket.Bind(new IPEndPoint(Secrets.Addresses[i % Secrets.Addresses.Count], 0));
                await socket.ConnectAsync(server.Tls, cancellationToken);
            }
            await Task.Delay(length, cancellationToken);
        }
        finally
        {
            silent.ForEach(static socket => socket.Dispose());
        }
    }

    private async Task StepAsync(int days, CancellationToken cancellationToken)
    {
        clock!.Set(days);
        await Task.WhenAll(server.RenewAsync(), HoldAsync(length, () => clock.Set(0), cancellationToken));
    }

    private async Task SqueezeAsync(CancellationToken cancellationToken)
    {
        memory!.Squeeze();
        await HoldAsync(length, memory.Release, cancellationToken);
    }

    private static async Task HoldAsync(TimeSpan time, Action after, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(time, cancellationToken);
        }
        finally
        {
            after();
        }
    }

    private static async Task UntilAsync(Func<bool> holds, TimeSpan bound, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; !holds() && waited < bound; waited += TimeSpan.FromMilliseconds(100))
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
    }
}
