namespace Heliograph.Relay.Loop;

/// <summary>
/// The last file descriptors of the process, which no connection gets: with none left the runtime now and then aborted ("Out of memory."), in one of six runs of
/// CapacityTests. The kernel gives out the lowest number that is free (open(2)), so a descriptor's number tells how many are left.
/// </summary>
internal static class DescriptorReserve
{
    /// <summary>Those who come in leave more than those who are dialled for them: who is in already is served.</summary>
    private const int LeftByAccepting = 24, LeftByDialling = 12;

    private static readonly Lazy<ulong> Limit = new(Libc.DescriptorLimit);

    /// <summary>Whether an accepted connection's descriptor is one of the last.</summary>
    public static bool IsTouchedByAccepting(int descriptor) => (uint)descriptor + LeftByAccepting >= Limit.Value;

    /// <summary>Whether a new socket's descriptor is one of the very last.</summary>
    public static bool IsTouchedByDialling(int descriptor) => (uint)descriptor + LeftByDialling >= Limit.Value;
}
