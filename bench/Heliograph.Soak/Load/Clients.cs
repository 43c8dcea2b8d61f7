using System.Net.Sockets;
using System.Text;
using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Load;

/// <summary>
/// Well-behaved clients, one conversation each: some greet, some have their bytes echoed, some fetch or bring a file, some look at the web
/// site. They compare every byte.
/// </summary>
internal sealed class Clients(Target target, Watch watch)
{
    private const int EchoBytes = 20_000;
    private const int FileBytes = 300_000;

    // What the decoy answers to an inner hello that cannot be relayed.
    private static readonly byte[] WebSitesAnswer = "HTTP/1.1 "u8.ToArray();
    private static readonly byte[] Request =
        Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {Certificates.Domain}\r\nConnection: close\r\n\r\n");

    private static readonly (Lane Lane, Verb Verb)[] Turns =
    [
        (Lane.Steady, Verb.Greet), (Lane.Dying, Verb.Greet), (Lane.Site, Verb.Greet), (Lane.Steady, Verb.Echo), (Lane.Named, Verb.Greet),
        (Lane.Steady, Verb.Greet), (Lane.Dying, Verb.Echo), (Lane.Site, Verb.Greet), (Lane.Steady, Verb.Send), (Lane.Named, Verb.Echo),
        (Lane.Steady, Verb.Greet), (Lane.Dying, Verb.Greet), (Lane.Steady, Verb.Take), (Lane.Steady, Verb.Echo), (Lane.Named, Verb.Send),
    ];

    private readonly byte[] steady = Traffic.HelloFor(Labels.Steady);
    private readonly byte[] dying = Traffic.HelloFor(Labels.Dying);
    private readonly byte[] named = Traffic.HelloFor(Labels.Named);

    /// <summary>Holds the conversation with this number, and reports it.</summary>
    public void Converse(int number)
    {
        var (lane, verb) = Turns[number % Turns.Length];
        if ((lane & target.Lanes) == Lane.None)
            (lane, verb) = (Lane.Steady, Verb.Greet);
        var start = RunClock.Now;
        TimeSpan? first = null;
        string? lost = null;
        var isWrong = false;
        try
        {
            using var tunnel = Tunnel.Connect(target.Tls, target.Address, Secrets.Addresses[number % Secrets.Addresses.Count]);
            void Arrived() => first ??= RunClock.Now;
            if (lane == Lane.Site)
                Visit(tunnel, Arrived);
            else
                Relay(tunnel, lane switch { Lane.Dying => dying, Lane.Named => named, _ => steady }, verb, Arrived);
        }
        catch (Exception exception) when (exception is CompareException or SocketException)
        {
            lost = exception.Message;
        }
        catch (WrongByteException)
        {
            isWrong = true;
        }
        watch.Record(new Attempt(lane, start, first, RunClock.Now) { Lost = lost, IsWrong = isWrong });
    }

    private static void Relay(Tunnel tunnel, byte[] hello, Verb verb, Action arrived)
    {
        var count = verb switch { Verb.Echo => EchoBytes, Verb.Send or Verb.Take => FileBytes, _ => 0 };
        tunnel.Ask(hello, new Command(verb, count));
        if (verb is Verb.Echo or Verb.Take)
            Write(tunnel, count);
        Expect(tunnel, verb is Verb.Echo or Verb.Send ? count : 1, arrived);
    }

    private static void Write(Tunnel tunnel, int count)
    {
        for (var written = 0; written < count;)
        {
            var part = Traffic.From(written);
            part = part[..Math.Min(Math.Min(part.Length, 16_000), count - written)];
            tunnel.Write(part);
            written += part.Length;
        }
    }

    private static void Expect(Tunnel tunnel, int count, Action arrived)
    {
        var buffer = new byte[32 * 1024];
        for (var taken = 0; taken < count;)
        {
            var read = tunnel.Read(buffer);
            arrived();
            var bytes = buffer.AsSpan(0, read);
            if (taken == 0 && bytes.StartsWith(WebSitesAnswer))
                throw new CompareException("the web site answered, and not the upstream");
            if (read > count - taken || !Traffic.Matches(bytes, taken))
                throw new WrongByteException();
            taken += read;
        }
    }

    private static void Visit(Tunnel tunnel, Action arrived)
    {
        tunnel.Write(Request);
        var answer = new byte[256 * 1024];
        var count = 0;
        while (count == 0 || Missing(answer.AsSpan(0, count)) > 0)
        {
            count += tunnel.Read(answer.AsSpan(count));
            arrived();
        }
        if (!answer.AsSpan().StartsWith("HTTP/1.1 200 OK\r\n"u8) || Missing(answer.AsSpan(0, count)) < 0)
            throw new WrongByteException();
    }

    /// <summary>How many bytes of the page have not come; negative: there are too many.</summary>
    private static int Missing(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return 1;
        var name = "Content-Length: "u8;
        var at = answer[..head].IndexOf(name);
        if (at < 0)
            throw new WrongByteException();
        var value = answer[(at + name.Length)..];
        return int.TryParse(value[..value.IndexOf((byte)'\r')], out var length)
            ? head + 4 + length - answer.Length
            : throw new WrongByteException();
    }
}
