using System.Text.Json;
using System.Text.Json.Serialization;
using Heliograph.Membership;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Status;

/// <summary>What <c>status --fleet</c> prints.</summary>
internal static partial class FleetTable
{
    public static string ToJson(FleetReport report, bool oneLine) =>
        JsonSerializer.Serialize(report, oneLine ? LineJson.Default.FleetReport : FleetJson.Default.FleetReport);

    public static void Write(TextWriter output, FleetReport report)
    {
        var up = report.Machines.Count(static machine => machine.IsUp);
        output.WriteLine(Line($"{up} of {report.Machines.Count} machines are up. This one is {report.Node}."));
        output.WriteLine(Line($"{"machine",-24}{"state",-6}{"connections",12}{"bytes",12}  {"certificate until",-18}version"));
        foreach (var machine in report.Machines)
            output.WriteLine(Row(machine));
        var connections = report.Machines.Sum(static machine => machine.Report?.Connections ?? 0);
        var bytes = report.Machines.Sum(static machine => machine.Report?.Bytes ?? 0);
        output.WriteLine(Line($"{"together",-30}{connections,12:N0}{Bytes(bytes),12}"));
        var certificates = report.Machines.Select(static machine => machine.Report?.CertificateSerial).OfType<string>();
        if (certificates.Distinct(StringComparer.Ordinal).Count() > 1)
            output.WriteLine("Not all have the same certificate: do they have the same domains? A new one takes seconds to reach all.");
    }

    private static string Row(FleetMachine machine) => machine.Report is { } report
        ? Line(
            $"{machine.Name,-24}{"up",-6}{report.Connections,12:N0}{Bytes(report.Bytes),12}  " +
            $"{(report.CertificateUntil is { } end ? $"{end:yyyy-MM-dd}" : "none yet"),-18}{report.Version}")
        : Line($"{machine.Name,-24}down");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(FleetReport))]
    private sealed partial class LineJson : JsonSerializerContext;
}
