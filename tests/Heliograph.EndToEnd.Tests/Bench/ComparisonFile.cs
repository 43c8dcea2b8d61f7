using System.Globalization;
using System.Text.Json;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary>What <c>bench/compare --json</c> writes, and <c>bench/history</c> keeps.</summary>
internal static class ComparisonFile
{
    private static readonly string[] Peers = ["heliograph", "nginx", "haproxy", "c-relay"];
    private static readonly string[] Versions = ["heliograph", "nginx", "HAProxy", ".NET", "OpenSSL", "ipsec-mb"];

    /// <summary>Fails if a member documented on the history page is missing.</summary>
    public static void AssertComplete(JsonElement file)
    {
        var date = file.GetProperty("date").GetString();
        Assert.True(DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), date);
        var machine = file.GetProperty("machine");
        Assert.All(
            [.. Versions, "processor", "kernel", "system", "proxies on", "load on"],
            name => Assert.NotEmpty(machine.GetProperty(name).GetString()!));
        Assert.InRange(file.GetProperty("rounds").GetInt32(), 1, 100);
        Assert.True(file.GetProperty("sizes").GetProperty("bulkBytes").GetInt64() > 0);
        Assert.All(Peers, peer => Assert.NotEmpty(file.GetProperty("ciphers").GetProperty(peer).GetString()!));

        var figures = file.GetProperty("figures").EnumerateArray().ToList();
        Assert.Equal(
            ["down", "up", "handshakes", "round-trips", "messages", "latency-p50", "latency-p99", "idle", "idle-all", "idle-new"],
            figures.Select(static figure => figure.GetProperty("name").GetString()));
        Assert.All(figures, static figure =>
        {
            Assert.All(Peers, peer => Assert.Equal(JsonValueKind.Number, figure.GetProperty("best").GetProperty(peer).ValueKind));
            Assert.All(
                ["ratios", "spreads", "bars", "bar", "met"],
                member => Assert.True(figure.TryGetProperty(member, out _), $"{figure} has no {member}"));
        });
        Assert.True(file.GetProperty("latencyRate").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Array, file.GetProperty("scalings").ValueKind);
        var values = file.GetProperty("samples").EnumerateArray().Select(static sample => sample.GetProperty("value").ValueKind).ToList();
        Assert.All(values, static kind => Assert.Equal(JsonValueKind.Number, kind));
        Assert.Equal(figures.Count * Peers.Length * file.GetProperty("rounds").GetInt32(), values.Count);
    }
}
