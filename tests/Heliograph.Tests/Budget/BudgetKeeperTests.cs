using Heliograph.Budget;
using Heliograph.Configuration;
using Heliograph.Testing;

namespace Heliograph.Tests.Budget;

/// <summary>The budget on a clock that the test moves, with a figure for what has passed.</summary>
public sealed class BudgetKeeperTests : IAsyncDisposable
{
    private const long Megabyte = 1_000_000;

    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(new DateTimeOffset(2026, 5, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger log = new();
    private BudgetSettings settings = new() { MonthlyBytes = 1000 * Megabyte };
    private BudgetKeeper? keeper;
    private long passed;
    private (long SlowTo, bool Spent) applied;

    [Fact]
    public void At_80_percent_one_warning_is_logged_and_nothing_else_changes()
    {
        Start();
        Pass(799);
        Assert.Empty(log.Lines);
        Pass(1);
        Pass(50);

        Assert.Equal(
            ["Warning: 80 % of the monthly budget of 1GB (limits.monthly_bytes) is used; it resets on 2026-06-01"], log.Lines);
        Assert.Equal((0, false), applied);
        Assert.Equal((BudgetState.Low, 850 * Megabyte, 85), (Report.State, Report.UsedBytes, Report.Percent));
    }

    [Fact]
    public void At_80_percent_the_relay_slows_down_if_so_configured()
    {
        settings = settings with { SlowsWhenLow = true, SlowBytesPerSecond = 128_000 };
        Start();
        Pass(800);

        Assert.Equal(
            [
                "Warning: 80 % of the monthly budget of 1GB (limits.monthly_bytes) is used; it resets on 2026-06-01; until then this " +
                "proxy relays at most 128KB a second",
            ],
            log.Lines);
        Assert.Equal((128_000, false), applied);
        Assert.Equal(128_000, Report.SlowedTo);
    }

    [Fact]
    public void A_spent_budget_stops_relaying_until_the_next_month_begins()
    {
        Start();
        Pass(1000);
        Assert.Equal(
            "Error: The monthly budget of 1GB (limits.monthly_bytes) is spent: until 2026-06-01 this proxy relays nothing and is only a " +
            "web site",
            Assert.Single(log.Lines));
        Assert.Equal((0, true), applied);
        Assert.True(Report.Refuses);

        time.Jump(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        Pass(1);
        Assert.Equal(
            "Information: The monthly budget of 1GB (limits.monthly_bytes) is available again: a new month has begun", log.Lines[^1]);
        Assert.Equal((0, false), applied);
        Assert.Equal((BudgetState.Plenty, Megabyte), (Report.State, Report.UsedBytes));
    }

    [Fact]
    public void A_spent_budget_slows_the_relay_down_if_so_configured()
    {
        settings = settings with { SlowsWhenSpent = true };
        Start();
        Pass(1000);

        Assert.Equal(
            "Error: The monthly budget of 1GB (limits.monthly_bytes) is spent: until 2026-06-01 this proxy relays at most 64KB a second",
            Assert.Single(log.Lines));
        Assert.Equal((64_000, false), applied);
    }

    [Fact]
    public async Task A_restart_continues_where_the_last_run_ended()
    {
        Start();
        Pass(700);
        await StopAsync();
        Start();
        Pass(300);

        Assert.Equal((0, true), applied);
        await StopAsync();
        Start();
        Assert.Equal((0, true), applied);
    }

    [Fact]
    public void A_crash_loses_at_most_a_minute()
    {
        Start();
        Pass(700);
        time.Advance(BudgetKeeper.SaveEvery);
        Start();

        Assert.Equal(700 * Megabyte, Report.UsedBytes);
    }

    [Theory]
    [InlineData("{\"version\":1,\"current\":{\"start\":\"2026-05-01\",\"byt")]
    [InlineData("{\"version\":1,\"current\":null,\"before\":null}")]
    [InlineData("{\"version\":1,\"current\":{\"start\":\"2026-05-01\",\"bytes\":-5},\"before\":null}")]
    [InlineData("{\"version\":7,\"current\":{\"start\":\"2026-05-01\",\"bytes\":5},\"before\":null}")]
    [InlineData("")]
    public void A_damaged_file_is_set_aside_and_logged_and_the_month_starts_from_zero(string content)
    {
        directory.Write(BudgetFile.Name, content);
        Start();

        Assert.Equal(0, Report.UsedBytes);
        Assert.Contains(BudgetFile.Name, Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(
            content,
            File.ReadAllText(Directory.EnumerateFiles(directory.Path).Single(static file => Path.GetFileName(file) != BudgetFile.Name)));
    }

    [Fact]
    public async Task A_failing_disk_is_logged_once_and_the_budget_still_applies()
    {
        Start();
        Directory.CreateDirectory(directory[BudgetFile.Name]);
        Pass(800);
        Pass(200);

        Assert.Single(
            log.Lines,
            static line =>
                line.StartsWith("Warning: Cannot read or save how much of the monthly budget is used: ", StringComparison.Ordinal));
        Assert.NotNull(Report.Problem);
        Assert.Equal((0, true), applied);
        Directory.Delete(directory[BudgetFile.Name]);
        await StopAsync();
        Assert.True(File.Exists(directory[BudgetFile.Name]));
    }

    [Fact]
    public void Nothing_is_written_without_traffic()
    {
        Start();
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(File.Exists(directory[BudgetFile.Name]));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        directory.Dispose();
    }

    private BudgetReport Report => keeper!.Read();

    private void Start()
    {
        passed = 0;
        keeper = new BudgetKeeper(settings, directory.Path, () => passed, (slowTo, spent) => applied = (slowTo, spent), time, log);
    }

    private async Task StopAsync()
    {
        if (keeper is not null)
            await keeper.DisposeAsync();
        keeper = null;
    }

    private void Pass(long megabytes)
    {
        passed += megabytes * Megabyte;
        time.Advance(BudgetKeeper.CheckEvery);
    }
}
