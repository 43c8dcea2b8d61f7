using System.Net;
using Heliograph.Compare.Load;

namespace Heliograph.Soak.Trouble;

/// <summary>An upstream that dies and comes back at the same address.</summary>
internal sealed class MortalUpstream : IDisposable
{
    private const int Threads = 32;

    private readonly byte[] hello;
    private StandInUpstream? upstream;

    public MortalUpstream(string label)
    {
        hello = Traffic.HelloFor(label);
        upstream = new StandInUpstream(new IPEndPoint(IPAddress.Loopback, 0), hello, Threads);
        Address = upstream.Address;
    }

    public IPEndPoint Address { get; }

    public void Die()
    {
        upstream?.Dispose();
        upstream = null;
    }

    public void ComeBack() => upstream = new StandInUpstream(Address, hello, Threads);

    public void Dispose() => Die();
}
