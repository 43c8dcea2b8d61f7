using System.Globalization;
using Heliograph.Soak.Judging;
using Heliograph.Soak.Trouble;
using Heliograph.Testing;

namespace Heliograph.Soak.Load;

/// <summary>Everybody who connects to one server, and what that costs it.</summary>
internal sealed class ServerLoad : IDisposable
{
    private const int ClientsAtOnce = 48;
    private const int HostileAtOnce = 8;
    private const double HostilePart = 0.1;

    private readonly Target target;
    private readonly Watch watch;
    private readonly Chats chats;
    private readonly Hostile hostile;
    private readonly Pace clientPace;
    private readonly Pace hostilePace;

    /// <param name="target">The server.</param>
    /// <param name="watch">Gets what the well-behaved clients see.</param>
    /// <param name="perSecond">How many connections begin in a second.</param>
    public ServerLoad(Target target, Watch watch, double perSecond)
    {
        this.target = target;
        this.watch = watch;
        chats = new Chats(target, watch);
        hostile = new Hostile(target, held: Math.Max(5, (int)(perSecond * 0.4)));
        clientPace = new Pace("clients", ClientsAtOnce, perSecond * (1 - HostilePart), new Clients(target, watch).Converse);
        hostilePace = new Pace("hostile", HostileAtOnce, perSecond * HostilePart, hostile.Converse);
    }

    public string Name => target.Name;

    public int Begun => clientPace.Begun + Chats.Count;

    public int HostileBegun => hostilePace.Begun;

    public Sample Take(TimeSpan now, string disturbance, double kernelBytes) => new(
        now, target.Name, disturbance, Processes.OpenFiles(target.Process), ServerUse.UserBytes(target.Process), kernelBytes,
        ServerUse.Threads(target.Process), watch.TakeLatency());

    public string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{target.Name}: {watch.Served:N0} conversations were complete.");

    public void Dispose()
    {
        clientPace.Dispose();
        hostilePace.Dispose();
        chats.Dispose();
        hostile.Dispose();
    }
}
