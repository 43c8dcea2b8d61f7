using Heliograph.Web.Http;
using Heliograph.Web.Http2;
using Heliograph.Web.Sites;

namespace Heliograph.Web.Tests.Http2;

/// <summary>What depends on how receiving and sending take turns, and so on the kernel if there is a socket.</summary>
public sealed class Http2SessionTests
{
    private const int WriteSize = 64 * 1024;

    [Fact]
    public async Task A_request_that_comes_in_two_frames_while_a_large_answer_is_sent_is_the_one_that_is_answered()
    {
        var site = new MemorySite(
        [
            new("/large.bin", new byte[400_000], DateTimeOffset.UnixEpoch), new("/small.txt", new byte[36], DateTimeOffset.UnixEpoch),
        ]);
        using var session = new Http2Session(new SiteResponder(site, NginxProfile.Nginx126), TimeProvider.System);
        var block = Http2Cases.Block("GET", "/small.txt");
        await ReceiveAsync(
            session,
            [
                .. RawHttp2.Preface, .. RawHttp2.Frame(4, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff), .. RawHttp2.Frame(8, 0, 0, 0x7f, 0, 0, 0),
                .. RawHttp2.Frame(1, 5, 1, Http2Cases.Block("GET", "/large.bin")),
            ]);
        await session.SendSomeAsync(WriteSize, TestContext.Current.CancellationToken);
        await ReceiveAsync(session, RawHttp2.Frame(1, 1, 3, block[..20]));
        await session.SendSomeAsync(WriteSize, TestContext.Current.CancellationToken);
        await ReceiveAsync(session, RawHttp2.Frame(9, 4, 3, block[20..]));
        while (session.CanSend)
            await session.SendSomeAsync(WriteSize, TestContext.Current.CancellationToken);

        var heads = new List<int>();
        var data = new Dictionary<int, int> { [1] = 0, [3] = 0 };
        for (var rest = session.Output.Written; !rest.IsEmpty;)
        {
            var (length, type, _, stream) = FrameReader.ReadHead(rest.Span);
            if (type == FrameType.Headers)
                heads.Add(stream);
            if (type == FrameType.Data)
                data[stream] += length;
            rest = rest[(FrameWriter.HeadLength + length)..];
        }
        Assert.Equal([1, 3], heads);
        Assert.Equal((400_000, 36), (data[1], data[3]));
    }

    [Theory]
    [InlineData(3600, false)]
    [InlineData(3601, true)]
    public async Task A_request_on_a_connection_of_more_than_an_hour_is_its_last(int seconds, bool isLast)
    {
        var site = new MemorySite([new("/small.txt", new byte[36], DateTimeOffset.UnixEpoch)]);
        using var session = new Http2Session(
            new SiteResponder(site, NginxProfile.Nginx126), new ManualTime(), age: TimeSpan.FromSeconds(seconds));

        await ReceiveAsync(
            session, [.. RawHttp2.Preface, .. RawHttp2.Frame(4, 0, 0), .. RawHttp2.Frame(1, 5, 1, Http2Cases.Block("GET", "/small.txt"))]);

        Assert.Equal(isLast, session.IsGoingAway);
    }

    private static async Task ReceiveAsync(Http2Session session, byte[] bytes)
    {
        var taken = 0;
        while (session.TryReceive(bytes.AsSpan(taken), out var count, out var error))
        {
            Assert.Equal(Http2Error.None, error);
            taken += count;
            await session.AnswerAsync();
        }
    }
}
