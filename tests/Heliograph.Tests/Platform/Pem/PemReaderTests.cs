using System.Text;
using Heliograph.Platform.Pem;
using Heliograph.Testing;

namespace Heliograph.Tests.Platform.Pem;

/// <summary>A PEM text is read whole, or its first problem is named with the block's number and the line.</summary>
public sealed class PemReaderTests
{

    private const string Two =
        "-----BEGIN ONE-----\n" +
        "aGVsbG8s\n" +
        "IHdvcmxk\n" +
        "-----END ONE-----\n" +
        "-----BEGIN TWO-----\n" +
        "YnllYnll\n" +
        "-----END TWO-----\n";

    [Fact]
    public void Blocks_are_read_with_their_numbers_lines_and_contents()
    {
        var text = Read(Two);
        Assert.Null(text.Problem);
        Assert.Equal([(1, 1, "ONE", "hello, world"), (2, 5, "TWO", "byebye")], text.Blocks.Select(Tell));
    }

    [Theory]
    [InlineData("CRLF", "\n", "\r\n")]
    [InlineData("blanks at the ends of lines", "\n", " \t\n")]
    [InlineData("a byte order mark before a block", "-----BEGIN TWO", "\ufeff-----BEGIN TWO")]
    [InlineData("text before and between the blocks", "-----BEGIN", "subject=CN = proxy.example\n\n-----BEGIN")]
    [InlineData("text after the blocks", "-----END TWO-----\n", "-----END TWO-----\n\nThe end\n")]
    [InlineData("no last line end", "-----END TWO-----\n", "-----END TWO-----")]
    [InlineData("base64 in one line", "aGVsbG8s\n", "aGVsbG8s")]
    [InlineData("base64 in short lines", "aGVsbG8s\n", "aGVs\nbG8s\n")]
    public void What_nginx_takes_is_taken(string what, string from, string to)
    {
        var text = Read(Two.Replace(from, to, StringComparison.Ordinal));
        Assert.True(text.Problem is null, $"{what}: {text.Problem}");
        Assert.Equal(["hello, world", "byebye"], text.Blocks.Select(static block => Encoding.ASCII.GetString(block.Data.Span)));
    }

    [Theory]
    [InlineData("IHdvcmxk\n", "IHdvcmx\n", 1, 1, "lines 2 to 3 are not whole base64: characters are missing or changed")]
    [InlineData("IHdvcmxk\n", "IHdv*mxk\n", 1, 3, "not base64")]
    [InlineData("IHdvcmxk\n", "\nIHdvcmxk\n", 1, 3, "an empty line in the middle of its base64")]
    [InlineData("YnllYnll\n", "", 2, 5, "it is empty")]
    [InlineData(
        "YnllYnll\n-----END TWO-----\n", "YnllYn", 2, 5, "the file ends before its \"-----END TWO-----\": it was cut short; copy it again")]
    [InlineData(
        "YnllYnll\n-----END TWO-----\n", "", 2, 5, "the file ends before its \"-----END TWO-----\": it was cut short; copy it again")]
    [InlineData(
        "-----END TWO-----\n", "-----END TW", 2, 7,
        "not \"-----END TWO-----\" alone on its line: the block was cut short, or two blocks were mixed")]
    [InlineData(
        "-----END TWO-----", "-----END ONE-----", 2, 7,
        "not \"-----END TWO-----\" alone on its line: the block was cut short, or two blocks were mixed")]
    [InlineData(
        "IHdvcmxk\n-----END ONE-----\n", "", 1, 3,
        "another block begins before the \"-----END ONE-----\" of this one: it was cut short; copy it again")]
    [InlineData(
        "-----BEGIN ONE-----\n", "-----BEGIN ONE-----\nComment: of ours\n-----BEGIN TWO-----\n\n", 1, 3,
        "another block begins before the \"-----END ONE-----\" of this one: it was cut short; copy it again")]
    [InlineData(
        "-----BEGIN ONE-----\n", "-----BEGIN ONE-----\n-----BEGIN TW:O-----\n\n", 1, 2,
        "another block begins before the \"-----END ONE-----\" of this one: it was cut short; copy it again")]
    [InlineData(
        "-----END ONE-----\n", "-----END ONE-----", 1, 4,
        "two blocks are glued together: a line end is missing before \"-----BEGIN\" (files joined without one at their ends)")]
    [InlineData("IHdvcmxk\n-----END", "IHdvcmxk-----END", 1, 3, "its \"-----END\" is not at the beginning of a line")]
    [InlineData(
        "-----BEGIN TWO-----\n", "", 2, 6, "a block ends here that has not begun: its \"-----BEGIN\" line is missing or damaged")]
    [InlineData(
        "-----BEGIN TWO-----", "----BEGIN TWO-----", 2, 5,
        "a \"-----BEGIN\" line is damaged: it must be alone on its line, with five hyphens on each side")]
    [InlineData(
        "-----BEGIN TWO-----", " -----BEGIN TWO-----", 2, 5,
        "a \"-----BEGIN\" line is damaged: it must be alone on its line, with five hyphens on each side")]
    [InlineData(
        "-----BEGIN TWO-----", "-----BEGIN TWO----- # intermediate", 2, 5,
        "a \"-----BEGIN\" line is damaged: it must be alone on its line, with five hyphens on each side")]
    [InlineData(
        "-----BEGIN TWO-----", "\u2014\u2014-BEGIN TWO-----", 2, 5,
        "a \"-----BEGIN\" line is damaged: it must be alone on its line, with five hyphens on each side")]
    [InlineData("-----BEGIN TWO-----\nYnllYnll\n-----END TWO-----\n", "-----BEG", 2, 5, "the file was cut short")]
    [InlineData(
        "-----BEGIN TWO-----\n", "0\u0001\u0002x\n", 2, 5,
        "binary data, not PEM; convert a certificate in DER with: openssl x509 -inform der -in FILE -out FILE.pem")]
    public void The_first_problem_is_named_with_its_block_and_its_line(string from, string to, int block, int line, string reason)
    {
        var text = Read(Two.Replace(from, to, StringComparison.Ordinal));
        Assert.Equal(new PemProblem(block, line, reason), text.Problem);
        Assert.Equal(block - 1, text.Blocks.Count);
    }

    [Fact]
    public void UTF_16_is_named() => Assert.Equal(
        "block 1, line 1: the text is in UTF-16; save it as UTF-8 without a byte order mark",
        PemReader.Read([0xff, 0xfe, .. Encoding.Unicode.GetBytes(Two)]).Problem?.ToString());

    [Theory]
    [InlineData("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", true)]
    [InlineData("Comment: of ours,\n in two lines\n\n", false)]
    [InlineData("\n", false)]
    public void A_header_is_not_data(string header, bool isEncrypted)
    {
        var text = Read(Two.Replace("-----BEGIN ONE-----\n", "-----BEGIN ONE-----\n" + header, StringComparison.Ordinal));
        Assert.Null(text.Problem);
        Assert.Equal("hello, world", Encoding.ASCII.GetString(text.Blocks[0].Data.Span));
        Assert.Equal(isEncrypted, text.Blocks[0].IsEncrypted);
    }

    [Fact]
    public void A_text_cut_anywhere_gives_the_whole_blocks_before_the_cut_and_a_problem_if_one_is_cut()
    {
        for (var length = 0; length < Two.Length; length++)
        {
            var text = Read(Two[..length]);
            var whole = length < 55 ? 0 : 1;
            Assert.True(text.Blocks.Count == whole || length == Two.Length - 1, $"{length}: {text.Blocks.Count}");
            // Between two blocks, and after the last one even without its line end, nothing is missing.
            Assert.Equal(length is 0 or 55 or 56 || length == Two.Length - 1, text.Problem is null);
        }
    }

    /// <summary>The seed is printed beforehand, because a read out of range does not fail the test but ends the process.</summary>
    [Fact]
    public void Mutated_texts_never_throw_nor_read_past_their_end()
    {
        var seed = TestSeed.Get("Mutated PEM texts");
        var random = new Random(seed);
        using var memory = new GuardedMemory(4096);
        var (read, refused) = (0, 0);
        for (var number = 0; number < 50_000; number++)
        {
            var bytes = Encoding.UTF8.GetBytes(Two).ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                Mutate(bytes, random);
            var text = PemReader.Read(memory.Place(bytes.ToArray()));
            Assert.All(text.Blocks, static block => Assert.False(block.Data.IsEmpty));
            _ = text.Problem is null ? read++ : refused++;
        }
        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused; {TestSeed.Variable}={seed}");
    }

    [Fact]
    [Trait("Needs", "uninstrumented")]
    public void The_PEM_reader_reaches_nothing_but_memory_and_text()
    {
        string[] allowed =
        [
            "System", "System.Buffers", "System.Buffers.Text", "System.Collections.Generic", "System.Linq",
            "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Text", "Heliograph.Platform.Pem",
        ];
        var reached = ReachedTypes.From(typeof(PemReader));
        Assert.Contains(typeof(PemBlock), reached);
        Assert.All(reached, type => Assert.True(allowed.Contains(type.Namespace), type.FullName));
    }

    private static PemText Read(string text) => PemReader.Read(Encoding.UTF8.GetBytes(text));

    private static (int, int, string, string) Tell(PemBlock block) =>
        (block.Number, block.Line, block.Label, Encoding.ASCII.GetString(block.Data.Span));

    private static void Mutate(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                break;
            case 2:
                bytes.InsertRange(at, bytes.Slice(0, Math.Min(at, random.Next(1, 30))));
                break;
            case 3:
                bytes.InsertRange(at, "\n-----BEGIN X-----\n"u8.ToArray());
                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
        if (bytes.Count == 0)
            bytes.Add(0);
    }
}
