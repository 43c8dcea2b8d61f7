using System.Security.Cryptography;
using System.Text;
using Heliograph.Fleet.Sealing;

namespace Heliograph.Fleet.Tests.Sealing;

public sealed class SealedDocumentTests
{
    private const string Place = "fleet/kind/name";

    private readonly FleetKey key = FleetKey.Create();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20_000)]
    public void What_is_sealed_opens_again_and_never_looks_the_same(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var first = SealedDocument.Seal(key, Place, content);
        Assert.Equal(content, Open(first));
        Assert.NotEqual(first, SealedDocument.Seal(key, Place, content));
        Assert.Equal(size + SealedDocument.Overhead, first.Length);
        Assert.True(size < 16 || first.AsSpan().IndexOf(content) < 0);
        // The same fleet and secret, read from elsewhere.
        var copy = new FleetKey(key.FleetId, key.Id, key.Secret);
        Assert.True(SealedDocument.TryOpen(copy, Place, first, out var again, out _));
        Assert.Equal(content, again);
    }

    [Fact]
    public void Cut_anywhere_it_says_that_it_is_cut_short()
    {
        var whole = SealedDocument.Seal(key, Place, "a certificate"u8);
        for (var length = 0; length < whole.Length; length++)
            Assert.Contains("cut short", Problem(key, Place, whole[..length]), StringComparison.Ordinal);
    }

    [Fact]
    public void One_bit_off_anywhere_it_does_not_open()
    {
        var whole = SealedDocument.Seal(key, Place, "a certificate"u8);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var changed = whole.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEmpty(Problem(key, Place, changed));
        }
        var tail = whole.ToArray();
        tail[^1] ^= 1;
        Assert.Contains("it was changed", Problem(key, Place, tail), StringComparison.Ordinal);
        Assert.Contains("longer than it says", Problem(key, Place, [.. whole, 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_another_fleet_under_another_key_in_another_place_or_of_another_version_it_says_so()
    {
        var whole = SealedDocument.Seal(key, Place, "a certificate"u8);
        Assert.Contains("another fleet", Problem(FleetKey.Create(), Place, whole), StringComparison.Ordinal);
        var next = key.Next();
        var other = Problem(next, Place, whole);
        Assert.Contains("another key of the fleet", other, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(key.Id), other, StringComparison.Ordinal);
        Assert.Contains("belongs to another place", Problem(key, Place + "2", whole), StringComparison.Ordinal);
        var newer = whole.ToArray();
        newer[0] = 2;
        Assert.Contains("update Heliograph", Problem(key, Place, newer), StringComparison.Ordinal);
        // A key that only claims to be the same.
        var pretender = new FleetKey(key.FleetId, key.Id, next.Secret);
        Assert.Contains("it was changed", Problem(pretender, Place, whole), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_say_nothing_are_the_same_on_every_machine_and_others_under_another_key()
    {
        var names = new KeyNames(key);
        var all = (string[])
        [
            names.Document("signal.example.org"), names.Lock("signal.example.org"), names.Challenge("1"),
            names.Acknowledgement("1", "paris"), names.Node("paris"),
        ];
        Assert.Equal(all.Length, all.Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, name => Assert.Matches($"^{Convert.ToHexStringLower(key.FleetId)}(/[0-9a-f]{{32}}){{2,3}}$", name));
        Assert.Equal(names.Node("paris"), new KeyNames(new FleetKey(key.FleetId, key.Id, key.Secret)).Node("paris"));
        var next = new KeyNames(key.Next());
        Assert.NotEqual(names.Nodes, next.Nodes);
        Assert.StartsWith(KeyNames.Prefix(key), next.Nodes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_never_tells_its_secret()
    {
        Assert.DoesNotContain(Convert.ToHexStringLower(key.Secret), $"{key}", StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FleetKey(key.FleetId, key.Id, Encoding.ASCII.GetBytes("short")));
    }

    private byte[] Open(byte[] document) =>
        SealedDocument.TryOpen(key, Place, document, out var content, out var problem)
            ? content
            : throw new InvalidOperationException(problem);

    private static string Problem(FleetKey key, string place, byte[] document)
    {
        Assert.False(SealedDocument.TryOpen(key, place, document, out var content, out var problem));
        Assert.Null(content);
        return problem;
    }
}
