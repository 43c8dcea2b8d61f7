using System.Text.Json;
using Heliograph.Statistics;
using Heliograph.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Tests.Statistics;

public sealed class TrafficRecorderTests : IDisposable
{
    // Sunday, ten minutes before the end of the day and of the week.
    private static readonly DateTimeOffset Start = new(2026, 5, 3, 23, 50, 0, TimeSpan.Zero);

    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(Start);
    private Traffic sinceStart;

    private string File => directory[HistoryFile.Name];

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Traffic_counts_towards_the_day_and_week_in_which_it_is_read()
    {
        await using var recorder = Open();
        sinceStart = new(16, 1_000_000, 2_000_000);
        time.Advance(TrafficRecorder.SaveEvery);
        time.Advance(TimeSpan.FromMinutes(20));
        sinceStart = new(24, 4_000_000, 5_000_000);

        var totals = recorder.Read();
        Assert.Equal(
            ("2026-05-04", 8L, 3_000_000L, 3_000_000L),
            (totals.Today.Period, totals.Today.Connections, totals.Today.BytesUp, totals.Today.BytesDown));
        Assert.Equal(("2026-W19", 8L), (totals.ThisWeek.Period, totals.ThisWeek.Connections));
        Assert.Equal(("2026-W18", 16L), (totals.LastWeek.Period, totals.LastWeek.Connections));
        Assert.Equal(["2026-05-03", "2026-05-04"], totals.Days.Select(static day => day.Period));
        Assert.Equal(["2026-W18", "2026-W19"], totals.Weeks.Select(static week => week.Period));
    }

    [Fact]
    public async Task A_restart_adds_to_the_saved_totals()
    {
        await using (Open())
            sinceStart = new(17, 1, 2_000_001);
        sinceStart = default;
        await using var recorder = Open();
        sinceStart = new(1, 1_000_000, 0);

        // 17 was rounded up to 24 when it was saved.
        var today = recorder.Read().Today;
        Assert.Equal((32L, 2_000_000L, 3_000_000L), (today.Connections, today.BytesUp, today.BytesDown));
    }

    [Fact]
    public async Task Restarts_without_traffic_change_nothing()
    {
        await using (Open())
            sinceStart = new(3, 3, 3);
        var written = await System.IO.File.ReadAllTextAsync(File, Bound.Token);
        sinceStart = default;
        for (var i = 0; i < 5; i++)
            await Open().DisposeAsync();

        Assert.Equal(written, await System.IO.File.ReadAllTextAsync(File, Bound.Token));
    }

    [Fact]
    public async Task Saved_and_reported_totals_are_rounded()
    {
        await using (var recorder = Open())
        {
            sinceStart = new(3, 1234, 5678);
            Assert.Equal((8L, 1_000_000L), (recorder.Read().Today.Connections, recorder.Read().ThisWeek.BytesDown));
            sinceStart = new(5, 1234, 5678);
        }
        using var json = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(File, Bound.Token));
        var day = Assert.Single(json.RootElement.GetProperty("days").EnumerateArray());
        var week = Assert.Single(json.RootElement.GetProperty("weeks").EnumerateArray());

        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        Assert.Equal("{\"start\":\"2026-05-03\",\"connections\":8,\"bytes_up\":1000000,\"bytes_down\":1000000}", day.GetRawText());
        Assert.Equal("{\"start\":\"2026-04-27\",\"connections\":8,\"bytes_up\":1000000,\"bytes_down\":1000000}", week.GetRawText());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task Totals_are_saved_every_five_minutes_but_only_after_traffic()
    {
        await using var recorder = Open();
        time.Advance(TrafficRecorder.SaveEvery);
        Assert.False(System.IO.File.Exists(File), "a file for nothing");
        sinceStart = new(1, 1, 1);
        time.Advance(TrafficRecorder.SaveEvery);
        Assert.True(System.IO.File.Exists(File), "not saved");
        System.IO.File.Delete(File);
        time.Advance(TrafficRecorder.SaveEvery);
        Assert.False(System.IO.File.Exists(File), "written again for nothing");
    }

    [Fact]
    public async Task A_clock_that_jumps_back_loses_nothing()
    {
        await using var recorder = Open();
        sinceStart = new(8, 0, 0);
        recorder.Read();
        time.Jump(Start.AddDays(-3));
        sinceStart = new(16, 0, 0);

        Assert.Equal(("2026-04-30", 8L), (recorder.Read().Today.Period, recorder.Read().Today.Connections));
        Assert.Equal(16, recorder.Read().ThisWeek.Connections);
        Assert.Equal(2, recorder.Read().Days.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"version\":1,\"days\":[")]
    [InlineData("{\"version\":2,\"days\":[],\"weeks\":[]}")]
    [InlineData("{\"version\":1,\"days\":null,\"weeks\":[]}")]
    [InlineData("{\"version\":1,\"days\":[null],\"weeks\":[]}")]
    [InlineData("{\"version\":1,\"days\":[{\"start\":\"2026-05-03\",\"connections\":-1,\"bytes_up\":0,\"bytes_down\":0}],\"weeks\":[]}")]
    [InlineData(
        """{"version":1,"days":[{"start":"2026-05-03","connections":9223372036854775807,"bytes_up":0,"bytes_down":0}],"weeks":[]}""")]
    [InlineData("{\"version\":1,\"days\":[],\"weeks\":[{\"start\":\"2026-05-03\",\"connections\":1,\"bytes_up\":0,\"bytes_down\":0}]}")]
    public async Task A_damaged_file_is_set_aside_and_counting_starts_from_zero(string damaged)
    {
        directory.Write(HistoryFile.Name, damaged);
        await using (var recorder = Open())
        {
            sinceStart = new(1, 0, 0);
            Assert.Equal(8, recorder.Read().ThisWeek.Connections);
        }

        Assert.Equal(damaged, await System.IO.File.ReadAllTextAsync(directory[HistoryFile.Name + ".damaged-20260503T235000"], Bound.Token));
        Assert.Contains("\"connections\":8", await System.IO.File.ReadAllTextAsync(File, Bound.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_disk_is_reported_and_the_totals_are_saved_once_it_works_again()
    {
        await using var recorder = Open();
        Directory.CreateDirectory(File + ".new");
        sinceStart = new(1, 0, 0);
        time.Advance(TrafficRecorder.SaveEvery);
        Assert.Contains("cannot be written", recorder.Read().Problem, StringComparison.Ordinal);

        Directory.Delete(File + ".new");
        time.Advance(TrafficRecorder.SaveEvery);
        Assert.Null(recorder.Read().Problem);
        Assert.True(System.IO.File.Exists(File), "not saved");
    }

    private TrafficRecorder Open() => new(directory.Path, () => sinceStart, time, NullLogger.Instance);
}
