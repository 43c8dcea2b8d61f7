using System.Globalization;
using Heliograph.Configuration;

namespace Heliograph.Checking;

/// <summary>The interesting parts of the head of an HTTP/1 answer. Its texts are safe to display.</summary>
internal sealed record HttpAnswer(int Status, string Reason, string? Server, string? Location)
{
    private const int LongestHead = 16 * 1024;

    /// <summary>As shown in a table: <c>400 Bad Request (nginx)</c>.</summary>
    public string Described => $"{Status}{(Reason.Length > 0 ? " " + Reason : "")}{(Server is null ? "" : $" ({Server})")}";

    /// <summary>Null: it is not HTTP/1.</summary>
    public static HttpAnswer? Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("HTTP/1."u8))
            return null;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        var head = end < 0 ? bytes : bytes[..end];
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = lineEnd < 0 ? head : head[..lineEnd];
        return
            line.Length >= "HTTP/1.1 200".Length
            && int.TryParse(line[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? new(status, Untrusted.Line(line[12..], 40).Trim(), Field(head, "Server"u8), Field(head, "Location"u8))
            : null;
    }

    /// <summary>Requests the front page and reads only the head of the answer.</summary>
    /// <returns>Null: the answer was something else, or empty.</returns>
    public static async Task<HttpAnswer?> GetAsync(Stream stream, ProxyAddress host, CheckClock clock)
    {
        var request = $"GET / HTTP/1.1\r\nHost: {host.Bracketed}\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        return Read(await clock.RunAsync(async cancellationToken =>
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            return await ReadHeadAsync(stream, cancellationToken);
        }));
    }

    private static async Task<byte[]> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestHead];
        for (var length = 0; ;)
        {
            var read = length < buffer.Length ? await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) : 0;
            length += read;
            if (read == 0 || buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                return buffer[..length];
        }
    }

    private static string? Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (head.IndexOf("\r\n"u8) is >= 0 and var start)
        {
            head = head[(start + 2)..];
            var end = head.IndexOf("\r\n"u8);
            var line = end < 0 ? head : head[..end];
            var colon = line.IndexOf((byte)':');
            if (colon == name.Length && System.Text.Ascii.EqualsIgnoreCase(line[..colon], name))
                return Untrusted.Line(line[(colon + 1)..], 60).Trim();
        }
        return null;
    }
}
