using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>How many connections at a time this machine can hold.</summary>
public static class ConnectionLimit
{
    /// <summary>A connection has a descriptor for each side; a visitor of a directory's site has one of a file beside its own.</summary>
    internal const int DescriptorsPerConnection = 3;

    /// <summary>Reserved for everything else: libraries, the loops, files.</summary>
    internal const int ReservedDescriptors = 100;

    /// <summary>
    /// An idle relayed connection takes 10 KB, of which the kernel has 8 (docs/capacity.md). The most that a hostile one takes is the 32 KB
    /// of a buffer with half a TLS record; a client that does not read takes less, once many do (<see cref="EventLoop.ReadLimit"/>). All
    /// of them together take half of the memory at worst. The bytes that wait in the kernel are not reckoned: it bounds those of all
    /// sockets together (net.ipv4.tcp_mem, a tenth of the memory).
    /// </summary>
    internal const long MemoryPerConnection = 32 * 1024;

    /// <summary>Below this there is too little to share.</summary>
    internal const int SmallestPerSource = 64;

    /// <summary>How many descriptors this process may have (RLIMIT_NOFILE).</summary>
    public static long Descriptors => (long)Math.Min(Libc.DescriptorLimit(), long.MaxValue);

    /// <summary>Derives the limit: all descriptors, and half of the memory.</summary>
    /// <param name="descriptors">RLIMIT_NOFILE.</param>
    /// <param name="memory">Bytes of memory of the machine or the container.</param>
    /// <returns>At least 1.</returns>
    public static int Derive(long descriptors, long memory) => (int)Math.Clamp(
        Math.Min((descriptors - ReservedDescriptors) / DescriptorsPerConnection, memory / 2 / MemoryPerConnection), 1, int.MaxValue);

    /// <summary>
    /// How many of them one source may have: three quarters. Behind one address of a carrier there may be thousands of people, each with
    /// two connections, and all users of a proxy may be customers of one carrier; so less would not do. A quarter stays for everybody else,
    /// whatever one address does. docs/operating/limits.md has the numbers.
    /// </summary>
    public static int PerSource(int connections) => Math.Max(SmallestPerSource, connections - (connections / 4));
}
