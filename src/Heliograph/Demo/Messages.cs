using System.Text;

namespace Heliograph.Demo;

/// <summary>What the demo sends, and to which of Signal's hosts.</summary>
internal static class Messages
{
    private const int FileLength = 1024 * 1024;

    public static IReadOnlyList<(string Host, byte[] Message)> All { get; } =
    [
        ("grpc.chat.signal.org", "Are you safe? Call me when you can."u8.ToArray()),
        ("storage.signal.org", "New contact: Amina, the doctor."u8.ToArray()),
        ("cdn2.signal.org", File()),
    ];

    /// <summary>A megabyte of text, so that it is not random before encryption.</summary>
    private static byte[] File()
    {
        var text = new StringBuilder(FileLength + 100);
        for (var line = 1; text.Length < FileLength; line++)
            text.Append($"Line {line} of the minutes nobody else is to read.\n");
        return Encoding.ASCII.GetBytes(text.ToString(0, FileLength));
    }
}
