using System.Net;
using System.Net.Sockets;
using Heliograph.Compare.Load;

namespace Heliograph.Compare.Peers;

/// <summary>A running proxy with its own stand-in upstream.</summary>
internal sealed class Proxy : IDisposable
{
    // The first start of heliograph may have to compile; the others start at once.
    private const int ReadySeconds = 120;

    private readonly IReadOnlyList<ProxyProcess> processes;
    private IReadOnlyList<int> pids = [];

    public Proxy(string name, IPEndPoint address, StandInUpstream upstream, IReadOnlyList<ProxyProcess> processes)
    {
        Name = name;
        Address = address;
        Upstream = upstream;
        this.processes = processes;
    }

    public string Name { get; }

    public IPEndPoint Address { get; }

    public StandInUpstream Upstream { get; }

    /// <summary>Protocol and cipher of the outer TLS, known once it is ready.</summary>
    public string Cipher { get; private set; } = "";

    /// <summary>Its processes, known once it is ready.</summary>
    public IReadOnlyList<int> Processes => pids;

    public double CpuSeconds => ProcessTree.CpuSeconds(pids);

    public long PssBytes => ProcessTree.PssBytes(pids);

    /// <summary>Waits until its first process prints a line; returns the time since it was started, to the millisecond.</summary>
    public TimeSpan WaitForLine(string line) => processes[0].WaitForLine(line, TimeSpan.FromSeconds(ReadySeconds));

    /// <summary>Waits until a complete tunnel works, to the upstream and back.</summary>
    public void WaitUntilReady(OuterTls tls)
    {
        var deadline = Environment.TickCount64 + (ReadySeconds * 1000);
        while (!TryTunnel(tls, out var problem))
        {
            if (processes.FirstOrDefault(process => process.HasExited) is { } gone)
                throw new CompareException($"{Name} ended instead of serving: {gone.LastWords()}");
            if (Environment.TickCount64 > deadline)
                throw new CompareException($"{Name} let no tunnel through within {ReadySeconds} s ({problem}): {processes[0].LastWords()}");
            Thread.Sleep(50);
        }

        Upstream.WaitUntilClosed();
        pids = [.. processes.SelectMany(process => process.Tree)];
    }

    public void Dispose()
    {
        foreach (var process in processes)
            process.Dispose();
        Upstream.Dispose();
    }

    private bool TryTunnel(OuterTls tls, out string problem)
    {
        problem = "";
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Connect(Address);
        }
        catch (SocketException exception)
        {
            problem = exception.Message;
            return false;
        }

        try
        {
            using var tunnel = Tunnel.Open(tls, Address, new Command(Verb.Greet, 0));
            tunnel.ReadExactly(stackalloc byte[1]);
            Cipher = tunnel.Cipher;
            return true;
        }
        catch (CompareException exception)
        {
            problem = exception.Message;
            return false;
        }
    }
}
