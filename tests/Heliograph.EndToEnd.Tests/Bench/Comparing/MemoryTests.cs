using Heliograph.Compare;
using Heliograph.Compare.Measuring;

namespace Heliograph.EndToEnd.Tests.Bench.Comparing;

/// <summary>How memory is counted, and kept from running out.</summary>
public sealed class MemoryTests
{
    private const int PageSize = 4096;

    private static readonly string[] Meminfo =
    [
        "MemTotal:       24684092 kB",
        "Slab:             279600 kB",
        "SReclaimable:     234540 kB",
        "SUnreclaim:         1000 kB",
        "KernelStack:         200 kB",
        "PageTables:           30 kB",
        "SecPageTables:         7 kB",
    ];

    [Fact]
    public void The_kernels_memory_is_what_it_cannot_reclaim_and_the_inodes_and_entries_of_sockets()
    {
        string[] slabinfo =
        [
            "slabinfo - version: 2.1",
            Slab("sock_inode_cache", pagesOfSlab: 4, slabs: 13),
            Slab("dentry", pagesOfSlab: 1, slabs: 7),
            Slab("ext4_inode_cache", pagesOfSlab: 8, slabs: 500),
            Slab("TCP", pagesOfSlab: 8, slabs: 12),
        ];

        Assert.Equal((1230 * 1024) + ((4 * 13) + 7) * PageSize, KernelMemory.Bytes(Meminfo, slabinfo, PageSize));
    }

    [Fact]
    public void What_remains_of_connections_that_have_ended_does_not_count()
    {
        var all = KernelMemory.Bytes(Meminfo, [], PageSize);

        Assert.Equal(all - (5 * PageSize), KernelMemory.Bytes(Meminfo, [Slab("tw_sock_TCP", pagesOfSlab: 1, slabs: 5)], PageSize));
    }

    [Fact]
    public void Connections_stop_before_the_machine_runs_out_of_memory()
    {
        MemoryGuard.Check(MemoryGuard.Reserve, opened: 60_000, wanted: 100_000);

        var failure = Assert.Throws<CompareException>(
            static () => MemoryGuard.Check(MemoryGuard.Reserve - 1, opened: 60_000, wanted: 100_000));

        Assert.Equal(
            "stopped at 60,000 of 100,000 idle connections, because only 1023 MB of memory are left; ask for fewer with --idle",
            failure.Message);
    }

    private static string Slab(string name, int pagesOfSlab, int slabs) =>
        $"{name,-17} 104 156 2368 13 {pagesOfSlab} : tunables    0    0    0 : slabdata     12     {slabs}      0";
}
