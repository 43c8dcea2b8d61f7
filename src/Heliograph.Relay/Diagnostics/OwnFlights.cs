using System.Security.Cryptography;

namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// The connections that this program, or a command on its machine, is about to open to itself: they are no traffic. Each is known by the
/// hash of the first bytes that its client will send, a ClientHello, announced before they are sent. That survives every router and load
/// balancer on the way, and nobody can use it: whoever sends the same hello again has not got its private key, and comes too late. From any
/// thread.
/// </summary>
internal sealed class OwnFlights
{
    /// <summary>A check opens four connections at a time; more announcements than this are a mistake, and are dropped.</summary>
    private const int Most = 256;

    /// <summary>How long an announced flight may be on its way: longer than any step of a check.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly TimeProvider timeProvider;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Announced> announced = new(StringComparer.Ordinal);
    private volatile int count;
    private long newest;

    public OwnFlights(TimeProvider timeProvider) => this.timeProvider = timeProvider;

    /// <param name="hash">SHA-256 of the flight.</param>
    /// <param name="opens">Whether the connection reaches Signal's hosts whatever its outer name.</param>
    public void Announce(ReadOnlySpan<byte> hash, bool opens = false)
    {
        lock (gate)
        {
            foreach (var old in announced.Where(one => timeProvider.GetElapsedTime(one.Value.At) > KeptFor).ToList())
                announced.Remove(old.Key);
            var now = timeProvider.GetTimestamp();
            if (announced.Count < Most)
                announced[Convert.ToHexString(hash)] = new(now, opens);
            Volatile.Write(ref newest, now);
            count = announced.Count;
        }
    }

    /// <summary>Whether these first bytes were announced. Each announcement is for one connection.</summary>
    /// <param name="flight">The first bytes.</param>
    /// <param name="opens">Whether the connection reaches Signal's hosts whatever its outer name.</param>
    public bool Take(ReadOnlySpan<byte> flight, out bool opens)
    {
        opens = false;
        // Nearly always: nothing is hashed for a client.
        if (count == 0)
            return false;
        if (timeProvider.GetElapsedTime(Volatile.Read(ref newest)) > KeptFor)
        {
            Forget();
            return false;
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(flight, hash);
        lock (gate)
        {
            var isOwn = announced.Remove(Convert.ToHexString(hash), out var one) && timeProvider.GetElapsedTime(one.At) <= KeptFor;
            opens = isOwn && one.Opens;
            count = announced.Count;
            return isOwn;
        }
    }

    // None of them has arrived, and none will.
    private void Forget()
    {
        lock (gate)
        {
            if (timeProvider.GetElapsedTime(newest) <= KeptFor)
                return;
            announced.Clear();
            count = 0;
        }
    }

    private readonly record struct Announced(long At, bool Opens);
}
