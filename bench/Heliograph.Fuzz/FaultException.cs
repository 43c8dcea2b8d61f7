namespace Heliograph.Fuzz;

/// <summary>The code under test has broken a promise.</summary>
internal sealed class FaultException(string message) : Exception(message)
{
    public static void Unless(bool holds, string promise)
    {
        if (!holds)
            throw new FaultException(promise);
    }
}
