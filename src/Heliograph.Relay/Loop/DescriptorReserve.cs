namespace Heliograph.Relay.Loop;

/// <summary>
/// The last file descriptors of the process, which no connection gets: with none left the runtime sometimes aborted ("Out of memory."), in
/// one of six runs of CapacityTests. The kernel assigns the lowest free number (open(2)), so a descriptor's number says how many are left.
/// </summary>
internal static class DescriptorReserve
{
    /// <summary>Accepting leaves more than dialling, so that accepted clients can still be served.</summary>
    private const int LeftByAccepting = 24, LeftByDialling = 12;

    private static readonly Lazy<ulong> Limit = new(Libc.DescriptorLimit);

    /// <summary>Whether an accepted connection's descriptor is one of the last.</summary>
    public static bool IsTouchedByAccepting(int descriptor) => (uint)descriptor + LeftByAccepting >= Limit.Value;

    /// <summary>Whether a new socket's descriptor is one of the last.</summary>
    public static bool IsTouchedByDialling(int descriptor) => (uint)descriptor + LeftByDialling >= Limit.Value;
}
