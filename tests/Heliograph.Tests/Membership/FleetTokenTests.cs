using Heliograph.Fleet.Sealing;
using Heliograph.Membership;

namespace Heliograph.Tests.Membership;

/// <summary>What carries a membership to a new machine.</summary>
public sealed class FleetTokenTests
{
    private static readonly FleetKey Key = FleetKey.Create();

    private static readonly FleetMembership Membership = new()
    {
        Node = "vps2",
        Endpoints = ["https://10.0.0.1:2379"],
        Pins = [new string('a', 64)],
        User = "heliograph-vps2",
        Password = "not told",
        Personal = FleetKey.Create().Secret,
        KeyNumber = 7,
        FleetId = Key.FleetId,
        KeyId = Key.Id,
        Secret = Key.Secret,
    };

    [Fact]
    public void It_brings_everything_that_a_machine_needs()
    {
        Assert.True(FleetToken.TryRead($" {FleetToken.Write(Membership)}\n", out var read, out _));
        Assert.Equal(Membership.Node, read.Node);
        Assert.Equal(Membership.Endpoints, read.Endpoints);
        Assert.Equal(Membership.Pins, read.Pins);
        Assert.Equal((Membership.User, Membership.Password), (read.User, read.Password));
        Assert.Equal(Key.ToString(), read.Key.ToString());
        Assert.Equal(Key.Secret, read.Key.Secret);
        Assert.Equal(7, read.KeyNumber);
        Assert.Equal(Membership.Personal, read.Personal);
    }

    [Fact]
    public void Whatever_is_cut_off_or_changed_is_noticed_and_not_quoted()
    {
        var token = FleetToken.Write(Membership);
        for (var length = 0; length < token.Length; length++)
        {
            Assert.False(FleetToken.TryRead(token[..length], out _, out var problem));
            Assert.DoesNotContain(token[FleetToken.Prefix.Length..][..8], problem, StringComparison.Ordinal);
        }
        for (var at = FleetToken.Prefix.Length; at < token.Length - 1; at++)
        {
            var other = token[at] == 'A' ? 'B' : 'A';
            Assert.False(FleetToken.TryRead(token[..at] + other + token[(at + 1)..], out _, out _), $"a change at {at} is not noticed");
        }
    }

    [Theory]
    [InlineData("", "it does not begin with heliograph-fleet-1.")]
    [InlineData("heliograph-fleet-2.AAAA", "it does not begin with heliograph-fleet-1.")]
    [InlineData("heliograph-fleet-1.a b", "it is not one word as heliograph fleet invite prints it")]
    [InlineData("heliograph-fleet-1.AAAA", "a part of it is missing or changed; copy the whole line")]
    public void What_is_no_token_is_refused_with_what_to_do(string token, string problem)
    {
        Assert.False(FleetToken.TryRead(token, out _, out var said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void One_that_is_too_long_is_not_decoded()
    {
        Assert.False(FleetToken.TryRead(FleetToken.Prefix + new string('A', 16 * 1024), out _, out var problem));
        Assert.Equal("it is not one word as heliograph fleet invite prints it", problem);
    }

    [Fact]
    public void A_membership_prints_no_secret()
    {
        var text = Membership.ToString();
        Assert.Equal("vps2, by etcd at 10.0.0.1:2379", text);
    }

    [Theory]
    [InlineData("vps1", true)]
    [InlineData("vps-1.example_org", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("a/b", false)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", false)]
    public void A_name_of_a_machine_fits_into_a_table_and_a_users_name(string name, bool isGood) =>
        Assert.Equal(isGood, FleetMembership.FindProblem(name) is null);
}
