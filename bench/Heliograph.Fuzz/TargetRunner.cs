namespace Heliograph.Fuzz;

/// <summary>Gives inputs to a target, and bounds what one input may allocate.</summary>
internal sealed class TargetRunner(FuzzTarget target)
{
    /// <summary>
    /// For the largest input: several times what any target's own bookkeeping takes, and far less than would hurt a server that gets many.
    /// </summary>
    private const long MostAllocated = 64 * 1024 * 1024;

    private bool isWarm;

    public void Run(Stream stream)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        Run(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        // What is made once for all inputs is made by the first.
        if (!isWarm)
            target.Check(input);
        isWarm = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        target.Check(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        FaultException.Unless(allocated <= MostAllocated, $"{input.Length} bytes made it allocate {allocated}");
    }
}
