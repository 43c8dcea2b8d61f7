using System.Diagnostics;
using HdrHistogram;

namespace Heliograph.Compare.Load;

/// <summary>
/// Sends messages when they are due, whether or not earlier ones have come back, and waits for the echo of each. A latency counts from
/// when its message was due, not from when it was sent: a server that holds still for a second delays all the messages of that second,
/// and a client that waited for it before it sent the next one would see a single late one (coordinated omission).
/// </summary>
internal sealed class OpenLoop
{
    public const int MessageBytes = 300;

    private const long LongestNanoseconds = 60_000_000_000;
    private const int SignificantDigits = 3;

    /// <summary>A client that is in time sends within some tens of microseconds.</summary>
    private const long LateNanoseconds = 200_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(BlockingSocket.TimeoutSeconds);

    private readonly Line[] lines;
    private readonly Dictionary<int, Line> byDescriptor;
    private readonly double rate;
    private readonly long messages;
    private readonly byte[] buffer = new byte[16 * 1024];
    private readonly byte[] message = new byte[MessageBytes];
    private long started;
    private long sent;
    private long received;

    /// <param name="connections">They take turns, and do not block.</param>
    /// <param name="rate">Messages a second, over all of them.</param>
    /// <param name="length">How long messages are sent.</param>
    public OpenLoop(IReadOnlyList<IMessageConnection> connections, double rate, TimeSpan length)
    {
        lines = [.. connections.Select(static connection => new Line(connection))];
        byDescriptor = lines.ToDictionary(static line => line.Connection.Descriptor);
        this.rate = rate;
        messages = Math.Max(1, (long)(rate * length.TotalSeconds));
    }

    /// <summary>Nanoseconds from when each message was due to its echo.</summary>
    public LongHistogram Latency { get; } = NewHistogram();

    /// <summary>Nanoseconds by which the load itself sent each message late: the rest of the latency is the server's.</summary>
    public LongHistogram Lateness { get; } = NewHistogram();

    /// <summary>The load could not keep up with the rate: what is measured is the load.</summary>
    public bool IsLate => Lateness.GetValueAtPercentile(50) > LateNanoseconds;

    public long Messages => messages;

    /// <summary>Runs until the echo of the last message has arrived.</summary>
    public void Run()
    {
        Epoll.WakeOnTime();
        using var epoll = new Epoll();
        foreach (var line in lines)
            epoll.Watch(line.Connection.Descriptor);
        started = Stopwatch.GetTimestamp();
        while (received < messages)
        {
            while (sent < messages && Elapsed >= DueAt(sent))
                Send();
            var wait = (sent < messages ? DueAt(sent) : DueAt(messages) + Patience) - Elapsed;
            if (wait < TimeSpan.Zero && sent == messages)
                throw new CompareException($"{messages - received} messages did not come back within {Patience.TotalSeconds:0} s");
            foreach (var descriptor in epoll.Wait(wait))
                Receive(byDescriptor[descriptor]);
        }
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    private TimeSpan DueAt(long number) => TimeSpan.FromSeconds(number / rate);

    private void Send()
    {
        var line = lines[sent % lines.Length];
        Traffic.Copy(line.Sent, message);
        var due = DueAt(sent++);
        line.Due.Enqueue(due);
        line.Sent += MessageBytes;
        line.Connection.Write(message);
        Record(Lateness, Elapsed - due);
    }

    private void Receive(Line line)
    {
        while (line.Connection.ReadAvailable(buffer) is var count and > 0)
        {
            if (line.Received + count > line.Sent || !Traffic.Matches(buffer.AsSpan(0, count), line.Received))
                throw new CompareException($"the bytes after {line.Received} did not come back as they were sent");
            line.Received += count;
            for (; line.Received >= (line.Answered + 1) * MessageBytes; line.Answered++, received++)
                Record(Latency, Elapsed - line.Due.Dequeue());
        }
    }

    private static void Record(LongHistogram histogram, TimeSpan time) =>
        histogram.RecordValue(Math.Clamp((long)time.TotalNanoseconds, 1, LongestNanoseconds));

    private static LongHistogram NewHistogram() => new(LongestNanoseconds, SignificantDigits);

    /// <summary>One connection and what is on its way.</summary>
    private sealed class Line(IMessageConnection connection)
    {
        public IMessageConnection Connection { get; } = connection;

        public Queue<TimeSpan> Due { get; } = [];

        public long Sent { get; set; }

        public long Received { get; set; }

        public long Answered { get; set; }
    }
}
