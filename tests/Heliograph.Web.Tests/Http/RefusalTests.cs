using System.Text;
using Heliograph.Testing;
using Heliograph.Web.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests.Http;

public sealed class RefusalTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DecoyOptions Options = new()
    {
        Seed = new(new byte[DecoySeed.RandomLength], new(2026, 1, 1)),
        Like = NginxProfile.Nginx122,
    };

    [Fact]
    public async Task Bytes_that_begin_no_request_get_the_same_answer_at_once_as_when_they_are_read_as_one()
    {
        var time = new ManualTimeProvider(Start);
        await using var site = await DecoySite.StartAsync(Options, time, NullLogger.Instance, TestContext.Current.CancellationToken);
        var seed = TestSeed.Get("Bytes that begin no request");
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = SomeBytes(random, i);
            using var read = new RehearsedVisit(bytes);
            await site.ServeHttp1(read);
            using var received = new RehearsedVisit(bytes, isReceived: true);
            await site.ServeHttp1(received);
            Assert.True(
                read.Sent.SequenceEqual(received.Sent) && read.IsFinished == received.IsFinished,
                $"seed {seed}, case {i}, {Convert.ToHexString(bytes)}: {Latin1(read.Sent)} and {Latin1(received.Sent)}");
            refused += received.WasAnsweredAtOnce ? 1 : 0;
        }
        Assert.InRange(refused, 500, 1999);
    }

    [Fact]
    public async Task The_date_of_an_answer_at_once_is_the_date_of_its_second()
    {
        var time = new ManualTimeProvider(Start);
        await using var site = await DecoySite.StartAsync(Options, time, NullLogger.Instance, TestContext.Current.CancellationToken);
        foreach (var seconds in (int[])[0, 0, 1, 61])
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            using var visit = new RehearsedVisit(RehearsedVisit.Hello, isReceived: true);
            await site.ServeHttp1(visit);
            Assert.True(visit.WasAnsweredAtOnce);
            Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", Latin1(visit.Sent), StringComparison.Ordinal);
            Assert.Contains($"\r\nDate: {HttpDate.Format(time.GetUtcNow())}\r\n", Latin1(visit.Sent), StringComparison.Ordinal);
        }
    }

    /// <summary>Random ones, and requests of which one byte is another.</summary>
    private static byte[] SomeBytes(Random random, int i)
    {
        if (i % 3 == 0)
        {
            var any = new byte[random.Next(1, 1500)];
            random.NextBytes(any);
            return any;
        }
        var method = new string('A', i % 3 == 1 ? random.Next(1, 8) : random.Next(1, 1500));
        var request = Encoding.ASCII.GetBytes($"{method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        request[random.Next(0, Math.Min(request.Length, method.Length + 2))] = (byte)random.Next(0, 256);
        return request;
    }

    private static string Latin1(IReadOnlyList<byte> bytes) => Encoding.Latin1.GetString([.. bytes]);
}
