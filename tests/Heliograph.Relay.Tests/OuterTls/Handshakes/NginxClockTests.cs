using Heliograph.Testing.Nginx;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>What the comparisons with nginx leave to chance, and what not.</summary>
public sealed class NginxClockTests
{
    [Theory]
    [InlineData("NewSessionTicket, 86400 s, a", "NewSessionTicket, 86401 s, a", "NewSessionTicket, 86401 s, a")]
    [InlineData("NewSessionTicket, 86400 s, a", "NewSessionTicket, 86399 s, b", "NewSessionTicket, 86399 s, a")]
    [InlineData("NewSessionTicket, 86400 s, a", "NewSessionTicket, 86398 s, a", "NewSessionTicket, 86400 s, a")]
    [InlineData("NewSessionTicket, 86400 s, a", "nothing", "NewSessionTicket, 86400 s, a")]
    [InlineData("NewSessionTicket, 3 s, NewSessionTicket, 9 s,", "NewSessionTicket, 4 s,", "NewSessionTicket, 4 s, NewSessionTicket, 9 s,")]
    [InlineData("in 3 s, a", "in 4 s, a", "in 3 s, a")]
    public void A_lifetime_is_another_servers_where_one_second_is_between_them(string story, string other, string expected) =>
        Assert.Equal(expected, NginxClock.Align(story, other));
}
