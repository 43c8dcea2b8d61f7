namespace Heliograph.Fuzz;

/// <summary>
/// A fault that blind chance finds once in four thousand million inputs, and coverage in seconds: each byte that is right shows.
/// </summary>
internal static class PlantedFault
{
    public static void Check(ReadOnlySpan<byte> input)
    {
        if (input.Length < 4 || input[0] != 0xC0)
            return;
        if (input[1] != 0x17)
            return;
        if (input[2] != 0x5E)
            return;
        FaultException.Unless(input[3] != 0xA9, "the planted fault was found");
    }
}
