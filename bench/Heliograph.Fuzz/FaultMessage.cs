using System.Runtime.CompilerServices;

namespace Heliograph.Fuzz;

/// <summary>What is wrong, put into words only when something is: most inputs break nothing, and speed finds faults.</summary>
[InterpolatedStringHandler]
internal ref struct FaultMessage
{
    private DefaultInterpolatedStringHandler text;

    public FaultMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        text = isNeeded ? new(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => text.AppendLiteral(value);

    public void AppendFormatted<T>(T value, string? format = null) => text.AppendFormatted(value, format);

    public string ToStringAndClear() => text.ToStringAndClear();
}
