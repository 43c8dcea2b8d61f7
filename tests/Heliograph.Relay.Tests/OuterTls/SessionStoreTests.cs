using System.Buffers.Binary;
using Heliograph.Relay.OuterTls;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.OuterTls;

public sealed class SessionStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider time = new(Start);
    private readonly byte[] content = new byte[SessionStore.LongestContent];

    [Fact]
    public void A_session_is_found_as_it_was_kept()
    {
        var store = new SessionStore(time);
        store.Add(Id(1), SessionForm.Der, [1, 2, 3]);
        time.Advance(TimeSpan.FromHours(1));
        store.Add(Id(2), SessionForm.SuiteAndKey, [4]);

        Assert.Equal(3, store.Find(Id(1), content, out var form, out var keptAt));
        Assert.Equal((SessionForm.Der, Start.ToUnixTimeSeconds()), (form, keptAt));
        Assert.Equal([1, 2, 3], content[..3]);
        Assert.Equal(1, store.Find(Id(2), content, out form, out keptAt));
        Assert.Equal((SessionForm.SuiteAndKey, Start.AddHours(1).ToUnixTimeSeconds()), (form, keptAt));
    }

    [Fact]
    public void A_session_is_known_for_a_day()
    {
        var store = new SessionStore(time);
        store.Add(Id(1), SessionForm.Der, [1]);

        time.Advance(TimeSpan.FromSeconds(NginxShape.SessionSeconds - 1));
        Assert.True(Knows(store, Id(1)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Knows(store, Id(1)));
    }

    [Fact]
    public void A_number_that_only_begins_like_a_kept_one_is_not_known()
    {
        var store = new SessionStore(time);
        store.Add(Id(1), SessionForm.Der, [1]);
        var other = Id(1);
        other[31] ^= 1;

        Assert.False(Knows(store, other));
        Assert.False(Knows(store, Id(1).AsSpan(0, 31)));
        Assert.False(Knows(store, Id(1).AsSpan(0, 7)));
        Assert.False(Knows(store, []));
        store.Remove(other);
        Assert.True(Knows(store, Id(1)));
    }

    [Fact]
    public void Above_the_most_the_oldest_is_forgotten()
    {
        var store = new SessionStore(time);
        for (var i = 0; i < SessionStore.Most; i++)
            store.Add(Id(i), SessionForm.SuiteAndKey, new byte[34]);
        Assert.Equal(SessionStore.Most, store.Count);
        Assert.True(Knows(store, Id(0)));

        store.Add(Id(SessionStore.Most), SessionForm.SuiteAndKey, new byte[34]);

        Assert.Equal(SessionStore.Most, store.Count);
        Assert.False(Knows(store, Id(0)));
        Assert.True(Knows(store, Id(1)));
        Assert.True(Knows(store, Id(SessionStore.Most)));
    }

    [Fact]
    public void What_has_ended_is_forgotten_at_the_next_handshake()
    {
        var store = new SessionStore(time);
        for (var i = 0; i < 1_000; i++)
            store.Add(Id(i), SessionForm.SuiteAndKey, new byte[34]);
        time.Advance(TimeSpan.FromSeconds(NginxShape.SessionSeconds - 1));
        store.Add(Id(1_000), SessionForm.SuiteAndKey, new byte[34]);
        Assert.Equal(1_001, store.Count);

        time.Advance(TimeSpan.FromSeconds(1));
        store.Add(Id(1_001), SessionForm.SuiteAndKey, new byte[34]);

        Assert.Equal(2, store.Count);
        store.Clear();
        Assert.Equal(0, store.Count);
        Assert.False(Knows(store, Id(1_001)));
        store.Add(Id(1_002), SessionForm.SuiteAndKey, new byte[34]);
        Assert.True(Knows(store, Id(1_002)));
    }

    [Fact]
    public void Whatever_is_kept_and_removed_the_newest_are_found_with_what_they_hold()
    {
        var seed = TestSeed.Get("What is kept and removed");
        var random = new Random(seed);
        var store = new SessionStore(time);
        var kept = new List<(int Number, byte[] Content)>();
        for (var i = 0; i < 200_000; i++)
        {
            var some = new byte[random.Next(0, random.Next(4) == 0 ? SessionStore.LongestContent : 200)];
            random.NextBytes(some);
            store.Add(Id(i), SessionForm.Der, some);
            kept.Add((i, some));
            if (random.Next(10) == 0)
            {
                var index = random.Next(Math.Max(0, kept.Count - 1_000), kept.Count);
                store.Remove(Id(kept[index].Number));
                Assert.False(Knows(store, Id(kept[index].Number)), $"seed {seed}: {kept[index].Number} is known after its removal");
                kept.RemoveAt(index);
            }
            if (i % 997 == 0)
                AssertHolds(store, kept, seed);
        }
        AssertHolds(store, kept, seed);
    }

    /// <summary>What it has is the newest, in one row, and nothing else.</summary>
    private void AssertHolds(SessionStore store, List<(int Number, byte[] Content)> kept, int seed)
    {
        kept.RemoveRange(0, kept.Count - store.Count);
        foreach (var (number, some) in kept.Where((_, index) => index % 61 == 0 || index < 3))
        {
            var length = store.Find(Id(number), content, out _, out _);
            Assert.True(
                length == some.Length && content.AsSpan(0, some.Length).SequenceEqual(some), $"seed {seed}: {number} is not as kept");
        }
    }

    private bool Knows(SessionStore store, ReadOnlySpan<byte> id) => store.Find(id, content, out _, out _) is not null;

    internal static byte[] Id(int number)
    {
        var id = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(id, (ulong)number * 0x9E3779B97F4A7C15);
        BinaryPrimitives.WriteInt32LittleEndian(id.AsSpan(28), number);
        return id;
    }
}
