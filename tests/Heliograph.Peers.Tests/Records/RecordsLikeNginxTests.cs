using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Heliograph.Peers.Tests.Http2;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing;

namespace Heliograph.Peers.Tests.Records;

/// <summary>
/// The lengths of the records are the same as from a real nginx: an observer sees them. On each of the ways that records are made here: our
/// own handshake, TLS 1.3 after libssl's handshake (RSA), and TLS 1.2.
/// </summary>
[Trait("Needs", "server")]
public sealed class RecordsLikeNginxTests(PeerServers servers)
{
    /// <summary>Visits until nginx has sent all the records that we sent.</summary>
    private const int MostVisits = 60;

    private const byte Settings = 4, Ping = 6;

    private const string Curl = "/usr/bin/curl";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public enum Way
    {
        OwnHandshake,
        OwnHandshakeAtOnce,
        LibsslsHandshake,
        Tls12,
    }

    public static TheoryData<Way, string> Http1 => Each(RecordCases.Http1.Keys);

    public static TheoryData<Way, string> Http2 => Each(RecordCases.Http2.Keys);

    [Theory]
    [MemberData(nameof(Http1))]
    public Task Answers_in_HTTP1_come_in_the_same_records(Way way, string name) => CompareAsync(way, async server =>
    {
        var (first, ends, then) = RecordCases.Http1[name];
        await using var client = await ConnectAsync(server, way, SslApplicationProtocol.Http11);
        await client.SendAsync(Encoding.Latin1.GetBytes(first));
        if (then.Length > 0)
        {
            await client.ReadUntilAsync(got => Encoding.Latin1.GetString(got).EndsWith(ends, StringComparison.Ordinal));
            await client.SendAsync(Encoding.Latin1.GetBytes(then));
        }
        await client.ReadToEndAsync();
        return (client.Dates, client.Told);
    });

    [Theory]
    [MemberData(nameof(Http2))]
    public Task Answers_in_HTTP2_come_in_the_same_records(Way way, string name) => CompareAsync(way, async server =>
    {
        var (first, streams, then, all) = RecordCases.Http2[name];
        await using var client = await ConnectAsync(server, way, SslApplicationProtocol.Http2);
        // Who does not send at once waits, so that chance does not decide whether the server has sent its preface.
        if (way != Way.OwnHandshakeAtOnce)
            await client.ReadUntilAsync(static got => got.Length > 0);
        await client.SendAsync([.. Frames.Preface, .. Frames.Settings((4, 1 << 20)), .. first]);
        await client.ReadUntilAsync(got => Read(got, Frames.EndStream) >= streams && Read(got, Frames.Ack, of: Settings) > 0);
        if (then.Length > 0)
            await client.SendAsync(then);
        await client.ReadUntilAsync(got => Read(got, Frames.EndStream) >= all);
        // What followed the answers has come, too, before this is acknowledged.
        await client.SendAsync(Frames.Ping(1, 2, 3, 4, 5, 6, 7, 8));
        await client.ReadUntilAsync(static got => Read(got, Frames.Ack, of: Ping) > 0);
        return (client.Dates, client.Told);
    });

    [Theory]
    [InlineData(70_000, "405")]
    [InlineData(2_000_000, "413")]
    public async Task Curl_posts_to_a_page_and_gets_the_answer_that_nginx_gives(int length, string status)
    {
        Assert.SkipUnless(File.Exists(Curl), "curl is not installed (Debian: apt-get install curl)");
        using var directory = new TempDirectory();
        var body = directory.Write("body", new string('p', length));
        foreach (var server in await ServersAsync(PeerKind.Ecdsa))
        {
            var (code, output, errors) = await ChildProcess.RunAsync(
                Curl,
                [
                    "-sSk", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", "--data-binary", "@" + body,
                    "--connect-to", $"::{server}", $"https://{PeerServers.Name}/",
                ],
                Patience);
            Assert.Equal((0, "2 " + status, ""), (code, output.Trim(), errors));
        }
    }

    /// <summary>How many streams have ended, or frames of a type were acknowledged.</summary>
    private static int Read(byte[] bytes, int flag, byte? of = null)
    {
        var found = 0;
        for (ReadOnlySpan<byte> rest = bytes; rest.Length >= 9;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest) >>> 8;
            if (rest.Length < 9 + length)
                break;
            var (type, flags) = (rest[3], rest[4]);
            if ((of is null ? type <= 1 : type == of) && (flags & flag) != 0)
                found++;
            rest = rest[(9 + length)..];
        }
        return found;
    }

    private static Task<RecordClient> ConnectAsync(IPEndPoint server, Way way, SslApplicationProtocol protocol) =>
        RecordClient.ConnectAsync(
            server,
            way == Way.Tls12 ? SslProtocols.Tls12 : SslProtocols.Tls13,
            protocol,
            atOnce: way == Way.OwnHandshakeAtOnce,
            TestContext.Current.CancellationToken);

    /// <remarks>
    /// The date's code in HTTP/2 has another length in another second: only visits with dates of one length are compared. Of those,
    /// whatever we sent in any visit, nginx has to have sent in one, too.
    /// </remarks>
    private async Task CompareAsync(Way way, Func<IPEndPoint, Task<(string Dates, string Records)>> converse)
    {
        var both = await ServersAsync(way == Way.LibsslsHandshake ? PeerKind.Rsa : PeerKind.Ecdsa);
        var (nginx, ours) = (new HashSet<(string Dates, string Records)>(), new HashSet<(string Dates, string Records)>());
        for (var visit = 1; ; visit++)
        {
            var told = await Task.WhenAll(both.Select(converse));
            nginx.Add(told[0]);
            ours.Add(told[1]);
            var compared = ours.Where(one => nginx.Any(other => other.Dates == one.Dates)).ToList();
            if (compared.Count > 0 && compared.All(nginx.Contains))
                return;
            Assert.True(visit < MostVisits, $"in {visit} visits nginx sent:\n{Text(nginx)}\nand we sent:\n{Text(ours)}");
        }

        static string Text(IEnumerable<(string Dates, string Records)> stories) =>
            string.Join('\n', stories.Select(static one => $"{one.Records} (dates of {one.Dates})"));
    }

    private async Task<IPEndPoint[]> ServersAsync(PeerKind kind)
    {
        var (nginx, ours) = await servers.GetAsync(kind);
        return [nginx, ours];
    }

    private static TheoryData<Way, string> Each(IEnumerable<string> names)
    {
        var rows = new TheoryData<Way, string>();
        foreach (var name in names)
        {
            foreach (var way in Enum.GetValues<Way>())
                rows.Add(way, name);
        }
        return rows;
    }
}
