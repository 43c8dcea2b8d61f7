using System.Text;
using Heliograph.Fleet.Etcd;
using Heliograph.Testing;

namespace Heliograph.Fleet.Tests.Etcd;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public async Task However_they_are_split_the_lines_are_the_same(int piece)
    {
        var text = $"one\n\n{new string('x', 10_000)}\ntwo\nno end";
        var reader = new LineReader(new Pieces(Encoding.ASCII.GetBytes(text), piece), 64 * 1024);
        var lines = new List<string>();
        while (await reader.ReadAsync(Bound.Token) is { } line)
            lines.Add(Encoding.ASCII.GetString(line.Span));
        Assert.Equal(["one", new string('x', 10_000), "two"], lines);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused_at_the_limit()
    {
        var reader = new LineReader(new Pieces(new byte[100_000], 1000), 64 * 1024);
        var failure = await Assert.ThrowsAsync<FleetException>(async () => await reader.ReadAsync(Bound.Token));
        Assert.Contains("a line of more than 64 KB", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Pieces(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
