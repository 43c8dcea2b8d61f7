using System.Text;

namespace Heliograph.Hosting.Systemd;

/// <summary>
/// Standard error as the journal's stream: a command's errors and warnings, which no logger writes, get their priority too
/// (sd-daemon(3)). The journal takes every other line as information.
/// </summary>
internal sealed class JournalErrors(TextWriter stream) : TextWriter
{
    private const string Error = "<3>";
    private const string Warning = "<4>";

    private readonly StringBuilder line = new();

    public override Encoding Encoding => stream.Encoding;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            line.Append(value);
            return;
        }
        var text = line.ToString();
        line.Clear();
        // In one piece: the journal ends a record at the end of the line, and the logger writes to the same stream.
        stream.Write($"{Priority(text)}{text}\n");
        stream.Flush();
    }

    /// <summary>A list of errors is indented below the line that announces it, and each of them is a record.</summary>
    private static string Priority(string text) =>
        text.StartsWith("heliograph: ", StringComparison.Ordinal) || text.StartsWith("  ", StringComparison.Ordinal) ? Error
        : text.StartsWith("warning: ", StringComparison.Ordinal) ? Warning
        : "";
}
