using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Heliograph.Certificates;
using Heliograph.Configuration;
using Spectre.Console;

namespace Heliograph.Cli.Certificate;

/// <summary>What <c>certificate show</c> prints.</summary>
internal static partial class CertificateText
{
    public static void Write(TextWriter output, CertificateReport report, Settings settings, DateTimeOffset now)
    {
        var console = Terminal.Create(output);
        if (report.Names is null)
        {
            Line(console, "certificate", report.Source == "acme" ? None(report) : "self-signed, created at each start");
        }
        else
        {
            Line(console, "names", string.Join(", ", report.Names));
            Line(console, "issuer", report.Directory is null ? report.Issuer : $"{report.Issuer}, {report.Directory}");
            if (report.SerialNumber is not null)
                Line(console, "serial", report.SerialNumber);
            Line(console, "valid", $"{report.NotBefore:u} to {report.NotAfter:u}, {report.Left(now)}");
            if (report.Alone)
                Line(console, "fleet", "only this machine has it; the others get it when the fleet can be asked again");
        }
        if (report.NextRenewal is { } next)
            Line(
                console,
                report.Names is null ? "next attempt" : "next renewal",
                $"{(next <= now ? "now" : next.ToString("u", CultureInfo.InvariantCulture))}: {report.NextRenewalReason}");
        else if (report.Source == "files")
            Line(console, "next renewal", "not by Heliograph, but by the program that writes the files; they are watched");
        if (report.ExplanationUrl is not null)
            Line(console, "see", report.ExplanationUrl);
        if (report.LastError is not null)
            Line(console, "last error", $"{report.LastErrorAt:u}: {report.LastError}");
        if (report.Failures > 0)
            Line(
                console,
                "failures",
                $"{report.Failures} in a row; {(report.UnderWay ? "retrying now" : $"next attempt at {report.NextRenewal:u}")}" +
                (report is { UnderWay: false, Running: true } && !(report.LimitedUntil >= report.NextRenewal)
                    ? $", or {(report.LimitedUntil is { } until ? $"from {until:u}" : "at once")} with: heliograph certificate renew"
                    : ""));
        Line(console, "server", report.Running ? "running" : $"not running; this is what is stored in {settings.StateDirectory}");
    }

    public static void WriteJson(TextWriter output, CertificateReport report) =>
        output.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.CertificateReport));

    private static string None(CertificateReport report) =>
        report.Running ? "none yet; a self-signed one is served until then" : "none yet";

    private static void Line(IAnsiConsole console, string label, string? text) =>
        console.MarkupLineInterpolated($"  [dim]{label,-14}[/]{text}");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true)]
    [JsonSerializable(typeof(CertificateReport))]
    private sealed partial class ReportJson : JsonSerializerContext;
}
