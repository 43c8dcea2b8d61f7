using Heliograph.Peers.Tests.Servers;

namespace Heliograph.Peers.Tests.Http2;

/// <summary>HTTP/2 over TLS: the frames that come back, and the end, are the same as from a real nginx.</summary>
[Trait("Needs", "server")]
public sealed class Http2OverTlsLikeNginxTests(PeerServers servers)
{
    public static TheoryData<string, string> Conversations
    {
        get
        {
            var names = new TheoryData<string, string>();
            foreach (var (section, cases) in Http2Cases.Sections)
            {
                foreach (var name in cases.Keys)
                    names.Add(section, name);
            }
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public Task A_conversation_is_as_with_nginx(string section, string name) =>
        Comparison.CompareAsync(servers, section, name, async (server, story) =>
            await Http2Cases.Sections[section][name](await Http2Client.ConnectAsync(server, story)));
}
