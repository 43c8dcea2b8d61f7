using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>The work of each figure. Every byte is checked at both ends; the first error ends the run.</summary>
internal static class Workload
{
    private const int BulkTunnels = 4;
    private const int Clients = 8;
    private const int RoundTripBytes = 200;

    public static void Down(Proxy proxy, OuterTls tls, long bytes) => InParallel(BulkTunnels, number =>
    {
        var share = Share(bytes, number);
        using var tunnel = Tunnel.Open(tls, proxy.Address, new Command(Verb.Send, share));
        var buffer = new byte[64 * 1024];
        for (long got = 0; got < share;)
        {
            var read = tunnel.Read(buffer);
            if (got + read > share || !Traffic.Matches(buffer.AsSpan(0, read), got))
                throw new CompareException($"the bytes after {got} of {share} did not arrive as they were sent");
            got += read;
        }
    });

    public static void Up(Proxy proxy, OuterTls tls, long bytes) => InParallel(BulkTunnels, number =>
    {
        var share = Share(bytes, number);
        using var tunnel = Tunnel.Open(tls, proxy.Address, new Command(Verb.Take, share));
        for (long sent = 0; sent < share;)
        {
            var piece = Traffic.From(sent);
            piece = piece[..(int)Math.Min(piece.Length, Math.Min(share - sent, 64 * 1024))];
            tunnel.Write(piece);
            sent += piece.Length;
        }

        ReadGreeting(tunnel);
    });

    public static void Handshakes(Proxy proxy, OuterTls tls, int count)
    {
        var left = count;
        InParallel(Clients, _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var tunnel = Tunnel.Open(tls, proxy.Address, new Command(Verb.Greet, 0));
                ReadGreeting(tunnel);
            }
        });
    }

    public static void RoundTrips(Proxy proxy, OuterTls tls, int count)
    {
        using var tunnel = Tunnel.Open(tls, proxy.Address, new Command(Verb.Echo, (long)count * RoundTripBytes));
        Span<byte> answer = stackalloc byte[RoundTripBytes];
        for (var i = 0; i < count; i++)
        {
            var question = Traffic.Block.AsSpan(i % 1000, RoundTripBytes);
            tunnel.Write(question);
            tunnel.ReadExactly(answer);
            if (!answer.SequenceEqual(question))
                throw new CompareException($"round trip {i} did not return what was sent");
        }
    }

    /// <summary>
    /// Opens connections that have finished the outer handshake, reached the upstream, received one byte, and then stay silent.
    /// </summary>
    public static IReadOnlyList<Tunnel> OpenIdle(Proxy proxy, OuterTls tls, int count) => Open(count, number =>
    {
        CheckMemory(number, count);
        var lane = number % proxy.Upstream.Addresses.Count;
        var tunnel = Tunnel.Connect(tls, proxy.Address, Lanes.ClientAddress(lane));
        tunnel.Ask(Lanes.Hello(lane), new Command(Verb.Rest, 0));
        ReadGreeting(tunnel);
        return tunnel;
    });

    /// <summary>The same without a proxy.</summary>
    public static IReadOnlyList<DirectConnection> OpenIdleDirect(StandInUpstream upstream, int count) => Open(count, number =>
    {
        CheckMemory(number, count);
        var lane = number % upstream.Addresses.Count;
        var connection = DirectConnection.Open(upstream.Addresses[lane], new Command(Verb.Rest, 0), Lanes.ClientAddress(lane));
        connection.ReadGreeting();
        return connection;
    });

    /// <summary>Opens connections whose messages come back, for one thread that sends and receives on all of them.</summary>
    public static IReadOnlyList<Tunnel> OpenMirrors(Proxy proxy, OuterTls tls, int count) => Open(count, _ =>
    {
        var tunnel = Tunnel.Open(tls, proxy.Address, new Command(Verb.Mirror, 0));
        // Once a message has come back, the way to the upstream is open.
        tunnel.Write(Traffic.Block.AsSpan(0, 1));
        ReadGreeting(tunnel);
        tunnel.StopBlocking();
        return tunnel;
    });

    /// <summary>Runs the work on as many threads; the first error of one of them is the caller's.</summary>
    public static void InParallel(int count, Action<int> work)
    {
        CompareException? first = null;
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            try
            {
                work(number);
            }
            catch (CompareException exception)
            {
                Interlocked.CompareExchange(ref first, exception, null);
            }
        })
        { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (first is not null)
            throw first;
    }

    private static void CheckMemory(int opened, int wanted)
    {
        // It takes as long as a fiftieth of a handshake.
        if (opened % 50 == 0)
            MemoryGuard.Check(KernelMemory.Available(), opened, wanted);
    }

    private static List<T> Open<T>(int count, Func<int, T> open)
        where T : IDisposable
    {
        List<T> opened = [];
        var next = -1;
        try
        {
            InParallel(Clients, _ =>
            {
                while (Interlocked.Increment(ref next) is var number && number < count)
                {
                    var connection = open(number);
                    lock (opened)
                        opened.Add(connection);
                }
            });
            return opened;
        }
        catch
        {
            opened.ForEach(static connection => connection.Dispose());
            throw;
        }
    }

    private static void ReadGreeting(Tunnel tunnel)
    {
        Span<byte> greeting = stackalloc byte[1];
        tunnel.ReadExactly(greeting);
        if (greeting[0] != Traffic.Block[0])
            throw new CompareException("the byte that arrived is not the one that the upstream sent");
    }

    private static long Share(long bytes, int number) => (bytes / BulkTunnels) + (number < bytes % BulkTunnels ? 1 : 0);
}
