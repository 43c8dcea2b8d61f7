using System.Text.Json;
using System.Text.Json.Serialization;
using Heliograph.Checking;

namespace Heliograph.Cli.Check;

/// <summary>What <c>check --json</c> prints; docs/operating/check.md describes it.</summary>
internal static partial class CheckJson
{
    public static void Write(TextWriter output, CheckResult result) => output.WriteLine(JsonSerializer.Serialize(result, ResultJson.Default.CheckResult));

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
    [JsonSerializable(typeof(CheckResult))]
    private sealed partial class ResultJson : JsonSerializerContext;
}
