using Heliograph.Relay.OuterTls;

namespace Heliograph.Relay.Tests.OuterTls;

/// <summary>What nginx's libssl leaves unread, by how the bytes came. The peers' tests compare it with a running nginx.</summary>
public sealed class LibsslReadsTests
{
    private static readonly byte[] Record = [22, 3, 1, 0, 3, 1, 2, 3];
    private static readonly byte[] ChangeCipherSpec = [20, 3, 3, 0, 1, 1];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_record_whose_header_came_with_its_end_is_read_with_what_is_behind_it(int latest)
    {
        var reads = default(LibsslReads);
        reads.Take(Record, latest);
        // Unless libssl does not read ahead: then everything behind stays.
        Assert.Equal(!LibsslReads.ReadsAheadAlways, reads.Leaves(behind: 1, isTls12: false));
        Assert.True(reads.Leaves(behind: 20_000, isTls12: false));
        Assert.False(reads.Leaves(behind: 0, isTls12: false));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void A_record_whose_header_came_before_its_end_is_read_exactly(int latest)
    {
        var reads = default(LibsslReads);
        reads.Take(Record, latest);
        Assert.True(reads.Leaves(behind: 1, isTls12: false));
        Assert.False(reads.Leaves(behind: 0, isTls12: false));
    }

    [Fact]
    public void Where_the_calls_cut_the_records_makes_no_difference()
    {
        byte[] all = [.. Record, .. Record];
        for (var cut = 0; cut <= all.Length; cut++)
        {
            var reads = default(LibsslReads);
            reads.Take(all.AsSpan(..cut), 0);
            reads.Take(all.AsSpan(cut..), 0);
            // The bytes of the second call came after those of the first.
            var isSplit = cut >= Record.Length + 5 && cut < all.Length;
            Assert.Equal(isSplit || !LibsslReads.ReadsAheadAlways, reads.Leaves(behind: 1, isTls12: false));
        }
    }

    [Fact]
    public void TLS_1_2_reads_ahead_once_the_ciphers_have_changed()
    {
        var reads = default(LibsslReads);
        reads.Take(ChangeCipherSpec, 0);
        // It may be this record that is refused.
        Assert.Equal(!LibsslReads.ReadsAheadAlways, reads.Leaves(behind: 1, isTls12: true));
        reads.Take(Record, 0);
        Assert.False(reads.Leaves(behind: 1, isTls12: true));
        Assert.Equal(!LibsslReads.ReadsAheadAlways, reads.Leaves(behind: 1, isTls12: false));
    }
}
