using Heliograph.Relay.OuterTls;

namespace Heliograph.Relay.Tests.OuterTls;

/// <summary>Measures the memory of the whole process, so nothing else runs.</summary>
[Collection(nameof(Alone))]
public sealed class SessionStoreSizeTests
{
    [Fact]
    public void Long_sessions_stay_within_ten_megabytes_and_longer_ones_are_not_kept()
    {
        var store = new SessionStore(TimeProvider.System);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 10_000; i++)
            store.Add(SessionStoreTests.Id(i), SessionForm.Der, new byte[SessionStore.LongestContent]);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 9_000_000, 12_000_000);
        Assert.InRange(store.Count, 2_300, 2_600);
        Assert.True(Knows(store, SessionStoreTests.Id(9_999)));
        Assert.True(Knows(store, SessionStoreTests.Id(10_000 - store.Count)));
        Assert.False(Knows(store, SessionStoreTests.Id(9_999 - store.Count)));
        store.Add(SessionStoreTests.Id(10_000), SessionForm.Der, new byte[SessionStore.LongestContent + 1]);
        Assert.False(Knows(store, SessionStoreTests.Id(10_000)));
    }

    private static bool Knows(SessionStore store, ReadOnlySpan<byte> id) =>
        store.Find(id, new byte[SessionStore.LongestContent], out _, out _) is not null;
}
