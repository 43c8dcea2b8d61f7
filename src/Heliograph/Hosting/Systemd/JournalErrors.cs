using System.Text;

namespace Heliograph.Hosting.Systemd;

/// <summary>
/// Standard error as the journal's stream: a command's errors and warnings, which no logger writes, get their priority too
/// (sd-daemon(3)). The journal takes every other line as information.
/// </summary>
internal sealed class JournalErrors : TextWriter
{
    private const string Error = "<3>";
    private const string Warning = "<4>";

    private readonly TextWriter stream;
    private readonly StringBuilder line = new();
    private bool isContinued;

    private JournalErrors(TextWriter stream) => this.stream = stream;

    public override Encoding Encoding => stream.Encoding;

    /// <summary>Several threads may write to it, as they may to <see cref="Console.Error"/>.</summary>
    public static TextWriter Over(TextWriter stream) => Synchronized(new JournalErrors(stream));

    public override void Write(char value)
    {
        if (value == '\n')
            Send("\n");
        else
            line.Append(value);
    }

    /// <summary>A line that has not ended yet goes out as far as it is there.</summary>
    public override void Flush()
    {
        if (line.Length > 0)
            Send("");
    }

    /// <summary>In one piece: the journal ends a record at the end of the line, and the logger writes to the same stream.</summary>
    private void Send(string end)
    {
        var text = line.ToString();
        line.Clear();
        stream.Write($"{(isContinued ? "" : Priority(text))}{text}{end}");
        stream.Flush();
        isContinued = end.Length == 0;
    }

    /// <summary>A list of errors is indented below the line that announces it, and each of them is a record.</summary>
    private static string Priority(string text) =>
        text.StartsWith("heliograph: ", StringComparison.Ordinal) || text.StartsWith("  ", StringComparison.Ordinal) ? Error
        : text.StartsWith("warning: ", StringComparison.Ordinal) ? Warning
        : "";
}
