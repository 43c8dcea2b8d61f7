namespace Heliograph.Fleet.Etcd;

/// <summary>Lines of a stream, each no longer than a limit.</summary>
internal sealed class LineReader
{
    private readonly Stream stream;
    private readonly int longest;
    private byte[] buffer = new byte[4096];
    private int start;
    private int end;

    public LineReader(Stream stream, int longest)
    {
        this.stream = stream;
        this.longest = longest;
    }

    /// <summary>The next line without its end; it is valid until the next call. Empty lines are skipped.</summary>
    /// <returns>Null at the end of the stream. What stands after the last line's end is no line.</returns>
    /// <exception cref="FleetException">The line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = start;
        while (true)
        {
            var length = buffer.AsSpan(searched..end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = buffer.AsMemory(start..(searched + length));
                start = searched = searched + length + 1;
                if (line.Length > 0)
                    return line;
                continue;
            }
            MakeRoom();
            searched = end;
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
                return null;
            end += read;
        }
    }

    /// <summary>Moves what is there to the front, and grows when that is not enough.</summary>
    private void MakeRoom()
    {
        buffer.AsSpan(start..end).CopyTo(buffer);
        end -= start;
        start = 0;
        if (end < buffer.Length)
            return;
        if (buffer.Length >= longest)
            throw EtcdRefusals.NotEtcd($"a line of more than {longest / 1024} KB");
        Array.Resize(ref buffer, Math.Min(buffer.Length * 2, longest));
    }
}
