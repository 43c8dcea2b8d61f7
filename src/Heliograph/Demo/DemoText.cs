using System.Security.Cryptography;
using System.Text;
using Spectre.Console;

namespace Heliograph.Demo;

/// <summary>The output of the demo, within 80 columns. Every value shown is from this run.</summary>
internal sealed class DemoText(IAnsiConsole console)
{
    private const int Columns = 80;
    private const int Indent = 3;
    private const int LongestListing = 5;

    public void Drawing(DemoStage stage)
    {
        console.MarkupLineInterpolated($"[bold]Heliograph {ProductVersion.Text} demo[/]: all of it happens now, on this machine alone.");
        console.WriteLine();
        console.MarkupLine(
            "    [blue]a client[/] [green]═══════▶[/] [red]a censor[/] [green]═══════▶[/] " +
            "[bold]Heliograph[/] [green]───────▶[/] [blue]Signal, a stand-in[/]");
        var (wire, proxy, signal) = (stage.Wire.Endpoint.Port, stage.Proxy.Endpoints[0].Port, stage.Signal.Endpoint.Port);
        console.MarkupLineInterpolated($"    [dim]{DemoClient.Address,-17} {":" + wire,-17} {":" + proxy,-19} {":" + signal}[/]");
        console.MarkupLine("             [green]╰──── TLS inside of TLS ────╯          ╰── TLS ──╯[/]");
    }

    public void Messages(IReadOnlyList<Exchange> exchanges)
    {
        Heading("Messages through the proxy, and back");
        foreach (var exchange in exchanges)
        {
            var digests = $"SHA-256 {Digest(exchange.Message)}, back {Digest(exchange.Answer)}";
            console.MarkupLineInterpolated($"   {exchange.Host,-22}{exchange.Message.Length,9:N0} bytes  {digests}");
        }
        Held("every byte came back intact");
    }

    public void Censor(CensorsView view)
    {
        Heading("What the censor saw on the wire");
        Row("server name", string.Join(", ", view.Hellos.Select(static hello => hello!.ServerName).Distinct(StringComparer.Ordinal)));
        Row("connections", $"{view.Connections}");
        Row("records up", Kinds(view.Up));
        Row("records down", Kinds(view.Down));
        Row("one record", Hex(view.Up, Columns - Indent - 14));
        Row("entropy", $"{view.Entropy:0.0000} of 8 bits per byte ({view.EntropyBefore:0.0000} before encryption)");
        Held($"none of Signal's names and no message in {view.Up.Concat(view.Down).Sum(static record => record.Bytes.Length):N0} bytes");
    }

    public void Operator(IReadOnlyList<Exchange> exchanges)
    {
        Heading("What the operator of the proxy could see");
        foreach (var exchange in exchanges)
            console.MarkupLineInterpolated(
                $"   {exchange.Host,-22}[dim]{Hex(TlsRecord.ReadAll(exchange.Signal.Received), Columns - Indent - 22)}[/]");
        Held(
            $"the hosts, but no message in " +
            $"{exchanges.Sum(static exchange => exchange.Signal.Received.Length + exchange.Signal.Sent.Length):N0} bytes");
    }

    public void Signal(IReadOnlyList<Exchange> exchanges)
    {
        Heading("What Signal saw");
        foreach (var exchange in exchanges)
        {
            var quote = Encoding.ASCII.GetString(exchange.Signal.Messages[0].AsSpan(..exchange.Telltale.Length));
            var more = exchange.Signal.Messages[0].Length > quote.Length ? " ..." : "";
            var room = Columns - Indent - 22 - 2;
            console.MarkupLineInterpolated($"   {exchange.Host,-22}\"{Clip(quote + more, room)}\"");
        }
        var callers = string.Join(
            ", ", exchanges.Select(static exchange => exchange.Signal.From.ToString()).Distinct(StringComparer.Ordinal));
        Held($"came from {callers}, the proxy; the client's {DemoClient.Address} stayed unknown");
    }

    public void Decoy(DecoyVisit visit)
    {
        Heading($"What everyone else sees at https://{DemoStage.Domain}/");
        Row("answer", visit.StatusLine);
        Row("server", visit.Server);
        Row("title", Clip(visit.Page.Title, Columns - Indent - 14));
        foreach (var line in visit.Page.Lines.Take(LongestListing))
            console.MarkupLineInterpolated($"   [dim]│[/] {Clip(line, Columns - Indent - 2)}");
        Held("an ordinary web page, and no connection to Signal");
    }

    public void End(int checks, TimeSpan elapsed)
    {
        console.WriteLine();
        console.MarkupLineInterpolated(
            $"[bold green]All {checks} checks passed[/] in {elapsed.TotalSeconds:0.0} s, and nothing is left behind.");
        console.MarkupLine("For real, on a machine that your domain resolves to, with ports 443 and 80 open:");
        console.MarkupLine("   [bold]heliograph run --domain proxy.example.org[/]   [dim](your domain; --help shows more)[/]");
    }

    private void Heading(string text)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{text}[/]");
    }

    private void Row(string label, string text) => console.MarkupLineInterpolated($"   [dim]{label,-14}[/]{text}");

    private void Held(string text) => console.MarkupLineInterpolated($"   [green]✓[/] {text}");

    private static string Kinds(IReadOnlyList<TlsRecord> records) =>
        string.Join(", ", records.CountBy(static record => record.TypeName).Select(static kind => $"{kind.Value:N0} {kind.Key}"));

    /// <summary>The first record of application data: its header, and as much of the rest as fits.</summary>
    private static string Hex(IReadOnlyList<TlsRecord> records, int room)
    {
        var record = records.First(static record => record.Type == TlsRecord.ApplicationData);
        var header = string.Join(' ', record.Bytes[..TlsRecord.HeaderLength].ToArray().Select(static value => $"{value:x2}"));
        var bytes = Math.Min(record.Fragment.Length, (room - header.Length - " | ".Length - " ...".Length) / 3);
        return $"{header} | {string.Join(' ', record.Fragment[..bytes].ToArray().Select(static value => $"{value:x2}"))} ...";
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(..4));

    private static string Clip(string text, int room) => text.Length <= room ? text : text[..(room - 3)] + "...";
}
