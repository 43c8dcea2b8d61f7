using System.Runtime.CompilerServices;

namespace Heliograph.Fuzz;

/// <summary>The code under test has broken a promise.</summary>
internal sealed class FaultException(string message) : Exception(message)
{
    public static void Unless(bool holds, string otherwise)
    {
        if (!holds)
            throw new FaultException(otherwise);
    }

    public static void Unless(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref FaultMessage otherwise)
    {
        if (!holds)
            throw new FaultException(otherwise.ToStringAndClear());
    }
}
