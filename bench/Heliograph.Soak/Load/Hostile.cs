using System.Net.Sockets;
using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Soak.Judging;
using Heliograph.Testing;
using Heliograph.Testing.Tls13;

namespace Heliograph.Soak.Load;

/// <summary>Clients that mean no good. However their conversations end, nobody minds.</summary>
internal sealed class Hostile : IDisposable
{
    private const byte Handshake = 22;

    private static readonly byte[] KeyUpdateThatAsksForOne = [24, 0, 0, 1, 1];
    private static readonly byte[] Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();
    private static readonly byte[] Pings = Frames.Pings(2000), Resets = Frames.Resets(400), Noise = Frames.Noise(1000);

    private readonly Target target;
    private readonly byte[] fire = Traffic.HelloFor(Labels.Fire);
    private readonly byte[] steady = Traffic.HelloFor(Labels.Steady);
    private readonly byte[] denied = InnerHello.ForAsync(Secrets.InnerName).GetAwaiter().GetResult();
    private readonly byte[] outer = InnerHello.ForAsync(Secrets.OuterName).GetAwaiter().GetResult();
    private readonly Action<int>[] deeds;
    private readonly Held held;

    /// <param name="target">Whom they attack.</param>
    /// <param name="held">How many connections they leave open at a time.</param>
    public Hostile(Target target, int held)
    {
        this.target = target;
        this.held = new Held(held);
        deeds =
        [
            HalfHello, Garbage, GarbageInside, FloodOfKeyUpdates, _ => FloodOfFrames(Pings), _ => FloodOfFrames(Resets),
            _ => FloodOfFrames(Noise), NeverReadsTheRelay, NeverReadsTheSite, ResetBeforeAWord, ResetInTheHello, ResetAfterTheHandshake,
            ResetAfterTheInnerHello, ResetInTheMiddle, AsksForNobody,
        ];
    }

    public void Converse(int number)
    {
        try
        {
            deeds[number % deeds.Length](number);
        }
        catch (Exception exception) when (exception is CompareException or SocketException or InvalidOperationException)
        {
            // The server has had enough of it.
        }
    }

    public void Dispose() => held.Dispose();

    private void HalfHello(int number)
    {
        var socket = Connect(number);
        socket.Send(outer.AsSpan(0, 1 + (number % (outer.Length - 1))));
        held.Add(socket);
    }

    private void Garbage(int number)
    {
        using var socket = Connect(number);
        socket.Send(Noises(number));
    }

    private void GarbageInside(int number)
    {
        var tunnel = Open(number);
        tunnel.Write(Noises(number));
        held.Add(tunnel);
    }

    private void FloodOfKeyUpdates(int number)
    {
        using var client = RawTls13Client.Connect(target.Address);
        for (var i = 0; i < 1000; i++)
        {
            client.Send(Handshake, KeyUpdateThatAsksForOne);
            client.Sending.Update();
        }
    }

    private void FloodOfFrames(byte[] flood)
    {
        var tunnel = Tunnel.Connect(target.Http2, target.Address, Secrets.Addresses[0]);
        foreach (var part in flood.Chunk(16 * 1024))
            tunnel.Write(part);
        held.Add(tunnel);
    }

    private void NeverReadsTheRelay(int number)
    {
        var tunnel = Open(number);
        tunnel.Ask(fire, new Command(Verb.Send, 0));
        held.Add(tunnel);
    }

    private void NeverReadsTheSite(int number)
    {
        var tunnel = Open(number);
        for (var i = 0; i < 200; i++)
            tunnel.Write(Get);
        held.Add(tunnel);
    }

    private void ResetBeforeAWord(int number) => Connect(number).Close(0);

    private void ResetInTheHello(int number)
    {
        using var socket = Connect(number);
        socket.Send(outer.AsSpan(0, 100));
        socket.Close(0);
    }

    private void ResetAfterTheHandshake(int number) => Open(number).Reset();

    private void ResetAfterTheInnerHello(int number)
    {
        var tunnel = Open(number);
        tunnel.Ask(steady, new Command(Verb.Greet, 0));
        tunnel.Reset();
    }

    private void ResetInTheMiddle(int number)
    {
        var tunnel = Open(number);
        tunnel.Ask(fire, new Command(Verb.Send, 0));
        _ = tunnel.Read(new byte[1000]);
        tunnel.Reset();
    }

    /// <summary>Names that must stand nowhere, in both hellos.</summary>
    private void AsksForNobody(int number)
    {
        using var visitor = new NamedVisitor(target.Address, Secrets.OuterName);
        visitor.Write(denied);
    }

    private Tunnel Open(int number) => Tunnel.Connect(target.Tls, target.Address, Secrets.Addresses[number % Secrets.Addresses.Count]);

    private Socket Connect(int number)
    {
        var socket = BlockingSocket.New();
        try
        {
            socket.Bind(new System.Net.IPEndPoint(Secrets.Addresses[number % Secrets.Addresses.Count], 0));
            socket.Connect(target.Address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] Noises(int number)
    {
        var random = new Random(number);
        var bytes = new byte[random.Next(1, 4000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
