using Heliograph.Hosting.Systemd;

namespace Heliograph.Tests.Hosting.Systemd;

/// <summary>What a command writes to standard error reaches the journal whole, each line with its priority.</summary>
public sealed class JournalErrorsTests
{
    [Fact]
    public void Errors_and_warnings_get_their_priority()
    {
        using var journal = new StringWriter();
        using var errors = JournalErrors.Over(journal);
        errors.Write("heliograph: two errors\n  domains: one\nwarning: another\nand a word\n");
        Assert.Equal("<3>heliograph: two errors\n<3>  domains: one\n<4>warning: another\nand a word\n", journal.ToString());
    }

    [Fact]
    public void A_line_without_an_end_is_written_when_it_is_flushed_and_goes_on_as_the_same_record()
    {
        using var journal = new StringWriter();
        using var errors = JournalErrors.Over(journal);
        errors.Write("heliograph: it ended");
        errors.Flush();
        Assert.Equal("<3>heliograph: it ended", journal.ToString());

        errors.Write("  early\nwarning: late\n");
        Assert.Equal("<3>heliograph: it ended  early\n<4>warning: late\n", journal.ToString());
    }

    [Fact]
    public void Lines_of_several_threads_stay_whole()
    {
        using var journal = new StringWriter();
        using var errors = JournalErrors.Over(journal);
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => errors.Write("warning: a line of some length\n"));
        var lines = journal.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2000, lines.Length);
        Assert.All(lines, static line => Assert.Equal("<4>warning: a line of some length", line));
    }
}
