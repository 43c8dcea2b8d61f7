using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Heliograph.Platform;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Routing;

/// <summary>
/// Hosts under a zone that the list does not know. Whether one exists is found out in the background: the connection that asks for it first
/// gets the decoy at once, like any for a name that does not exist, and the next one is relayed. So no answer waits for DNS, and none tells
/// by its delay what is known here. Signal's apps connect again within seconds.
/// </summary>
/// <remarks>
/// Anybody can ask for any name. One name at a time is looked up, with a pause after each question; whatever comes meanwhile is not even
/// remembered. A name that was found is never given up for another.
/// </remarks>
internal sealed class ZoneHosts : IDisposable
{
    /// <summary>How many names are remembered, whether they were found or not.</summary>
    public const int MostNames = 32;

    /// <summary>Between two questions, whatever they are about.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a name that was not found is not asked for again, unless newer ones need its place.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    private readonly Resolve resolve;
    private readonly NameCache names;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stopped = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, Route> found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> missing = new(StringComparer.Ordinal);
    private string? madeUpUnder;
    private long? askAgainAfter;
    private bool isAsking;

    public ZoneHosts(Resolve resolve, NameCache names, TimeProvider timeProvider)
    {
        this.resolve = resolve;
        this.names = names;
        this.timeProvider = timeProvider;
    }

    /// <summary>The names that were found, in the order of the alphabet.</summary>
    public IReadOnlyList<Route> Found
    {
        get
        {
            lock (gate)
                return [.. found.Values.OrderBy(static route => route.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Where DNS last had an answer for a name that was made up just before; null: it did not.</summary>
    public string? MadeUpUnder
    {
        get
        {
            lock (gate)
                return madeUpUnder;
        }
    }

    /// <summary>How many names are remembered; for tests.</summary>
    internal int Count
    {
        get
        {
            lock (gate)
                return found.Count + missing.Count;
        }
    }

    /// <summary>Whether a name is looked up; for tests.</summary>
    internal bool IsAsking
    {
        get
        {
            lock (gate)
                return isAsking;
        }
    }

    /// <summary>The route for a name that is not in the table, or null: the decoy. Never waits.</summary>
    /// <param name="table">Has the zones.</param>
    /// <param name="name">An inner name, in lower case.</param>
    public Route? Find(RouteTable table, string name)
    {
        if (!table.IsInZone(name))
            return null;
        lock (gate)
        {
            if (found.TryGetValue(name, out var route))
                return names.Knows(name) ? route : null;
            if (isAsking || IsBefore(askAgainAfter) || !HasPlaceFor(name))
                return null;
            isAsking = true;
        }
        _ = Task.Run(() => LookUpAsync(name));
        return null;
    }

    public void Dispose()
    {
        stopped.Cancel();
        stopped.Dispose();
    }

    private bool HasPlaceFor(string name)
    {
        foreach (var (other, until) in missing)
        {
            if (!IsBefore(until))
                missing.Remove(other);
        }
        return found.Count < MostNames && !missing.ContainsKey(name);
    }

    private async Task LookUpAsync(string name)
    {
        var addresses = await AskAsync(name);
        var madeUp = addresses is { Length: > 0 } ? await AskForMadeUpNameAsync(name) : null;
        lock (gate)
        {
            // A question without an answer says nothing about the name.
            if (addresses is { Length: 0 } || madeUp is { Length: > 0 })
                Take(missing, name, After(RetryAfter));
            else if (addresses is not null && madeUp is not null)
                Take(found, name, Learn(name, addresses));
            if (madeUp is not null)
                madeUpUnder = madeUp.Length > 0 ? ParentOf(name) : null;
            askAgainAfter = After(Pause);
            isAsking = false;
        }
    }

    /// <summary>The public addresses of a name; empty: it has none; null: nobody answered.</summary>
    private async Task<IPAddress[]?> AskAsync(string name)
    {
        try
        {
            return [.. (await resolve(name, stopped.Token)).Where(AddressGuard.IsPublic)];
        }
        catch (SocketException exception) when (AbsoluteName.IsMissing(exception))
        {
            return [];
        }
        catch (Exception exception)
            when (exception is SocketException or OperationCanceledException or ArgumentException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Some resolvers answer for every name, with an address of their own; and a zone may have a wildcard. An answer counts only where a
    /// name beside it that cannot exist has none.
    /// </summary>
    private async Task<IPAddress[]?> AskForMadeUpNameAsync(string name)
    {
        try
        {
            await Task.Delay(Pause, timeProvider, stopped.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
        return await AskAsync($"{RandomNumberGenerator.GetString(Letters, 16)}.{ParentOf(name)}");
    }

    private Route Learn(string name, IPAddress[] addresses)
    {
        names.Learn(name, addresses);
        return new(name, new UpstreamEndpoint.Tcp(name, 443), PublicOnly: true);
    }

    private void Take<T>(Dictionary<string, T> place, string name, T value)
    {
        if (found.Count + missing.Count == MostNames)
            missing.Remove(missing.MinBy(static one => one.Value).Key);
        place[name] = value;
    }

    private static string ParentOf(string name) => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private long After(TimeSpan wait) => timeProvider.GetTimestamp() + (long)(wait.TotalSeconds * timeProvider.TimestampFrequency);

    private bool IsBefore(long? moment) => moment is { } time && timeProvider.GetTimestamp() < time;
}
