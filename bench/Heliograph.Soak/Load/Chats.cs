using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Load;

/// <summary>Connections that last as long as the run; each sends a message every few seconds and waits for its echo.</summary>
internal sealed class Chats : IDisposable
{
    /// <summary>How many there are: few enough that one thread comes round within the upstream's patience on a busy machine.</summary>
    public const int Count = 10;

    private const int MessageBytes = 300;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Target target;
    private readonly Watch watch;
    private readonly Thread thread;
    private readonly ManualResetEventSlim stopping = new();

    public Chats(Target target, Watch watch)
    {
        this.target = target;
        this.watch = watch;
        thread = new Thread(Run) { IsBackground = true, Name = "chats" };
        thread.Start();
    }

    public void Dispose()
    {
        stopping.Set();
        thread.Join();
        stopping.Dispose();
    }

    private void Run()
    {
        var tunnels = new List<(Tunnel Tunnel, int Position)>();
        try
        {
            while (!stopping.Wait(Every / Count))
            {
                var start = RunClock.Now;
                Tunnel? tunnel = null;
                string? lost = null;
                var isWrong = false;
                // One that has to be opened is a new connection like any other.
                var lane = tunnels.Count < Count ? Lane.Steady : Lane.Chat;
                try
                {
                    int position;
                    if (tunnels.Count < Count)
                    {
                        tunnel = Tunnel.Connect(target.Tls, target.Address, Secrets.Addresses[tunnels.Count % Secrets.Addresses.Count]);
                        tunnel.Ask(Traffic.HelloFor(Labels.Steady), new Command(Verb.Echo, long.MaxValue));
                        position = 0;
                    }
                    else
                    {
                        (tunnel, position) = tunnels[0];
                        tunnels.RemoveAt(0);
                    }
                    isWrong = !IsEchoed(tunnel, position);
                    tunnels.Add((tunnel, position + MessageBytes));
                }
                catch (CompareException exception)
                {
                    lost = exception.Message;
                    tunnel?.Dispose();
                }
                var end = RunClock.Now;
                watch.Record(new Attempt(lane, start, lost is null ? end : null, end) { Lost = lost, IsWrong = isWrong });
            }
        }
        finally
        {
            tunnels.ForEach(static one => one.Tunnel.Dispose());
        }
    }

    private static bool IsEchoed(Tunnel tunnel, int position)
    {
        Span<byte> message = stackalloc byte[MessageBytes];
        for (var i = 0; i < message.Length; i++)
            message[i] = Traffic.From(position + i)[0];
        tunnel.Write(message);
        Span<byte> echo = stackalloc byte[MessageBytes];
        tunnel.ReadExactly(echo);
        return echo.SequenceEqual(message);
    }
}
