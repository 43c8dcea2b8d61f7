using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>
/// However a connection of TLS 1.2 ended, its session can be resumed where nginx resumes it: forgetting sessions is a cheap and certain way
/// to tell a server from nginx.
/// </summary>
[Trait("Needs", "server")]
public sealed class ResumptionLikeNginxTests(PeerServers servers)
{
    /// <summary>An empty session_ticket asks for a ticket (RFC 5077); certbot's nginx gives none, but a session ID.</summary>
    private static readonly RawHello WithTicket = RawTls12.Ordinary.And(35);

    public static TheoryData<string> Endings => [.. EndingCases.All.Keys];

    public static TheoryData<string> SlowEndings => [.. EndingCases.Slow.Keys];

    [Theory]
    [MemberData(nameof(Endings))]
    public Task A_session_is_resumed_after_the_endings_after_which_nginx_resumes_it(string ending) =>
        CompareAsync(ending, EndingCases.All[ending], RawTls12.Ordinary, PeerKind.Ecdsa);

    [Theory]
    [MemberData(nameof(Endings))]
    public Task The_same_holds_for_a_client_that_asks_for_tickets(string ending) =>
        CompareAsync(ending, EndingCases.All[ending], WithTicket, PeerKind.Rsa);

    [Theory]
    [MemberData(nameof(SlowEndings))]
    public Task The_same_holds_after_the_servers_time_out(string ending) =>
        CompareAsync(ending, EndingCases.Slow[ending], RawTls12.Ordinary, PeerKind.Impatient);

    /// <summary>The point of all of the above; the comparison alone would hold if neither resumed.</summary>
    [Fact]
    public async Task A_session_is_resumed_whoever_ended_its_connection_and_however()
    {
        var (_, ours) = await servers.GetAsync(PeerKind.Ecdsa);
        foreach (var (name, end) in EndingCases.All.Where(static ending => !ending.Key.Contains("fatal", StringComparison.Ordinal)))
        {
            using var story = new Story(TestContext.Current.CancellationToken);
            Assert.True(await ComesBackAsync(ours, story, end, RawTls12.Ordinary), name);
        }
    }

    private Task CompareAsync(string ending, Func<RawTls12, Task> end, RawHello hello, PeerKind kind) =>
        Comparison.CompareAsync(
            servers, "TLS 1.2 resumption after", ending, async (server, story) => await ComesBackAsync(server, story, end, hello), kind);

    /// <returns>Whether the session was resumed.</returns>
    private static async Task<bool> ComesBackAsync(IPEndPoint server, Story story, Func<RawTls12, Task> end, RawHello hello)
    {
        var first = await Deeds12.EstablishAsync(server, story, hello);
        await end(first);
        // The server learns of a reset when its loop comes to it: another visitor is served in between.
        await Deeds12.LeaveAsync(await Deeds12.EstablishAsync(server, story, hello));
        var second = await Deeds12.EstablishAsync(server, story, hello, first.Session);
        await Deeds12.LeaveAsync(second);
        return second.IsResumed;
    }
}
