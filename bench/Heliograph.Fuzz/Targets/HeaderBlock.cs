using Heliograph.Web.Http2;

namespace Heliograph.Fuzz.Targets;

/// <summary>Reads header blocks that are all there.</summary>
internal static class HeaderBlock
{
    /// <summary>Reads one block, of which <paramref name="step"/> bytes more arrive each time. Returns its fields up to an error.</summary>
    public static (List<(string Name, string Value)> Fields, Http2Error Error) Read(
        HeaderBlockReader reader, ReadOnlySpan<byte> block, int step)
    {
        var bytes = block.ToArray();
        var fields = new List<(string Name, string Value)>();
        reader.Begin(stream: 1, FrameFlags.EndHeaders, bytes.Length, padding: 0);
        var start = 0;
        for (var end = Math.Min(step, bytes.Length); ;)
        {
            var outcome = reader.Read(bytes.AsSpan(start..end), isWanted: true, out var taken);
            FaultException.Unless(taken >= 0 && taken <= end - start, $"{taken} bytes taken of {end - start}");
            start += taken;
            switch (outcome)
            {
                case HeaderBlockReader.Outcome.Field:
                    fields.Add((reader.Name, reader.Value));
                    continue;
                case HeaderBlockReader.Outcome.End:
                    FaultException.Unless(start == bytes.Length, $"the block ends after {start} of {bytes.Length} bytes");
                    return (fields, Http2Error.None);
                case HeaderBlockReader.Outcome.Error:
                    return (fields, reader.Error);
            }
            FaultException.Unless(end < bytes.Length || bytes.Length == 0, "the whole block is not enough");
            if (bytes.Length == 0)
                return (fields, Http2Error.None);
            end = Math.Min(end + step, bytes.Length);
        }
    }
}
