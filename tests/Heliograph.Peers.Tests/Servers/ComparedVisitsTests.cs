using Heliograph.Testing.Nginx;
using Xunit.Sdk;

namespace Heliograph.Peers.Tests.Servers;

/// <summary>What a comparison takes for chance, and what not.</summary>
public sealed class ComparedVisitsTests
{
    private readonly ComparedVisits visits = new();

    [Fact]
    public void One_visit_is_enough_where_both_tell_the_same()
    {
        Assert.False(visits.Add("alert, RST", "alert, RST"));
        visits.AssertAreSame();
    }

    [Fact]
    public void A_close_that_nginx_had_in_another_visit_is_chance()
    {
        Assert.True(visits.Add("alert, FIN", "alert, RST"));
        Assert.True(visits.Add("alert, FIN", "alert, FIN"));
        Assert.False(visits.Add("alert, RST", "alert, FIN"));
        visits.AssertAreSame();
    }

    [Fact]
    public void A_close_that_nginx_never_has_is_none_even_if_the_next_visit_is_the_same()
    {
        Assert.True(visits.Add("alert, FIN", "alert, RST"));
        var more = 0;
        while (visits.Add("alert, FIN", "alert, FIN"))
            more++;
        Assert.InRange(more, 50, 100);
        var failure = Assert.Throws<TrueException>(visits.AssertAreSame);
        Assert.Contains("nginx closed with FIN, and we with RST or FIN", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_that_always_close_differently_are_visited_five_times()
    {
        var more = 0;
        while (visits.Add("alert, FIN", "alert, RST"))
            more++;
        Assert.Equal(4, more);
        Assert.Throws<EqualException>(visits.AssertAreSame);
    }

    [Fact]
    public void Another_alert_is_never_chance()
    {
        Assert.True(visits.Add("alert 50, FIN", "alert 50, RST"));
        Assert.False(visits.Add("alert 50, FIN", "alert 47, FIN"));
        Assert.Throws<EqualException>(visits.AssertAreSame);
    }

    [Fact]
    public void A_ticket_of_another_second_is_asked_for_again()
    {
        Assert.True(visits.Add("NewSessionTicket, 86401 s, FIN", "NewSessionTicket, 86400 s, FIN"));
        Assert.False(visits.Add("NewSessionTicket, 86400 s, FIN", "NewSessionTicket, 86400 s, FIN"));
        visits.AssertAreSame();
    }
}
