using Heliograph.Countries;
using Heliograph.Relay.Countries;
using Heliograph.Testing;

namespace Heliograph.Tests.Countries;

/// <summary>The countries of a week, on a clock that the test moves. MaxMind's own writer has written the databases.</summary>
public sealed class CountryKeeperTests : IDisposable
{
    private readonly TempDirectory directory = new();
    // A Friday.
    private readonly ManualTimeProvider time = new(new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger log = new();
    private readonly Dictionary<string, long> relayed = new(StringComparer.Ordinal);
    private CountryTable? table;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Without_a_database_nothing_is_looked_up_and_nothing_is_told()
    {
        await using var keeper = Start(null);
        Assert.Null(table);
        Assert.Null(keeper.Report());
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task A_country_is_named_from_a_thousand_connections_on_and_every_sum_is_rounded_up_to_200()
    {
        await using var keeper = Start(Copy("countries-28.mmdb"));
        Assert.NotNull(table);
        (relayed["IR"], relayed["RU"], relayed["MM"], relayed["TM"], relayed["??"]) = (12_345, 1000, 999, 1, 5000);
        var report = keeper.Report()!;
        Assert.Equal("2026-W48", report.Period);
        Assert.Equal([new("IR", 12_400), new("RU", 1000)], report.Countries);
        Assert.Equal(6000, report.Others);
    }

    [Fact]
    public async Task A_week_begins_with_nothing_and_is_kept_nowhere()
    {
        await using var keeper = Start(Copy("countries-28.mmdb"));
        relayed["IR"] = 5000;
        Assert.Equal([new("IR", 5000)], keeper.Report()!.Countries);
        // Monday, 00:00 UTC, without anybody asking.
        time.Advance(TimeSpan.FromDays(2.5));
        relayed["IR"] = 6100;
        var report = keeper.Report()!;
        Assert.Equal(("2026-W49", 0L), (report.Period, report.Others));
        Assert.Equal([new("IR", 1200)], report.Countries);
        Assert.Equal(["countries-28.mmdb"], Directory.GetFiles(directory.Path).Select(Path.GetFileName));
        Assert.DoesNotContain("IR", log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_database_is_refused_and_the_last_good_one_goes_on()
    {
        var path = Copy("countries-28.mmdb");
        await using var keeper = Start(path);
        var good = table;
        await File.WriteAllTextAsync(path, "nonsense", TestContext.Current.CancellationToken);
        time.Advance(CountryKeeper.Every * 5);
        Assert.Same(good, table);
        Assert.Equal("it is no database in the MMDB format; take one such as GeoLite2-Country.mmdb", keeper.Report()!.Problem);
        Assert.Single(log.Lines, static line => line.StartsWith("Warning: ", StringComparison.Ordinal));

        File.Copy(Fixture("countries-24.mmdb"), path, overwrite: true);
        time.Advance(CountryKeeper.Every * 2);
        Assert.NotSame(good, table);
        Assert.Null(keeper.Report()!.Problem);
    }

    [Fact]
    public async Task A_database_of_more_than_64_MB_is_refused()
    {
        var path = Path.Combine(directory.Path, "cities.mmdb");
        await using (var file = File.Create(path))
            file.SetLength(64_000_001);
        await using var keeper = Start(path);
        Assert.Null(table);
        Assert.Equal("it is longer than 64 MB", keeper.Report()!.Problem);
    }

    [Fact]
    public async Task A_reload_turns_it_off_and_on()
    {
        var path = Copy("countries-28.mmdb");
        await using var keeper = Start(path);
        keeper.Use(null);
        Assert.Null(table);
        Assert.Null(keeper.Report());
        keeper.Use(path);
        Assert.NotNull(table);
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "countries", name);

    private string Copy(string name)
    {
        var path = Path.Combine(directory.Path, name);
        File.Copy(Fixture(name), path);
        return path;
    }

    private CountryKeeper Start(string? path)
    {
        var keeper = new CountryKeeper(path, time, log);
        keeper.Attach(changed => table = changed, () => relayed.ToDictionary(StringComparer.Ordinal));
        return keeper;
    }
}
