using System.Text.Json.Serialization;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Statistics;

/// <summary><c>traffic.json</c> in the state directory: the totals, rounded. A damaged file is set aside, with a line in the log.</summary>
internal sealed partial class HistoryFile
{
    public const string Name = "traffic.json";

    private const int Version = 1;

    /// <summary>No machine relays an exabyte: a larger figure means damage, and sums of smaller ones do not overflow.</summary>
    private const long MaxValue = 1_000_000_000_000_000_000 / (TrafficHistory.MostWeeks + 1);

    private readonly PrivateDirectory directory;

    public HistoryFile(string stateDirectory, TimeProvider timeProvider, ILogger logger) =>
        directory = new PrivateDirectory(stateDirectory, timeProvider, logger);

    /// <summary>Empty if the file is missing or damaged.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public TrafficHistory Read(DateOnly today)
    {
        var history = new TrafficHistory();
        if (directory.Read(Name, FileJson.Default.Content, Damage) is not { } content)
            return history;
        foreach (var day in content.Days)
            history.AddDay(day.Start, day.Traffic, today);
        foreach (var week in content.Weeks)
            history.AddWeek(week.Start, week.Traffic, today);
        return history;
    }

    /// <exception cref="StorageException">It cannot be written; the previous file is intact.</exception>
    public void Write(TrafficHistory history) =>
        directory.Write(
            Name,
            new()
            {
                Version = Version,
                Days = Rounded(history.Days),
                Weeks = Rounded(history.Weeks),
            },
            FileJson.Default.Content);

    private static IReadOnlyList<Period> Rounded(IReadOnlyDictionary<DateOnly, Traffic> sums) =>
        [.. sums.Select(static one => Period.FromTraffic(one.Key, one.Value.Rounded))];

    private static string? Damage(Content content)
    {
        if (content.Version != Version)
            return $"its version is {content.Version}, but this program supports version {Version}";
        if (content.Days.Count > TrafficHistory.MostDays || content.Weeks.Count > TrafficHistory.MostWeeks)
            return "it contains too many days or weeks";
        if (content.Days.Concat(content.Weeks).Any(static one => one is null || !one.IsSound))
            return "it contains an impossible figure";
        return content.Weeks.All(static week => week.Start == TrafficHistory.MondayOf(week.Start))
            ? null
            : "a week in it does not begin on a Monday";
    }

    private sealed record Content
    {
        public required int Version { get; init; }

        public required IReadOnlyList<Period> Days { get; init; }

        /// <summary>By their Mondays.</summary>
        public required IReadOnlyList<Period> Weeks { get; init; }
    }

    private sealed record Period
    {
        public required DateOnly Start { get; init; }

        public required long Connections { get; init; }

        public required long BytesUp { get; init; }

        public required long BytesDown { get; init; }

        [JsonIgnore]
        public Traffic Traffic => new(Connections, BytesUp, BytesDown);

        [JsonIgnore]
        public bool IsSound => Connections is >= 0 and <= MaxValue && BytesUp is >= 0 and <= MaxValue && BytesDown is >= 0 and <= MaxValue;

        public static Period FromTraffic(DateOnly start, Traffic traffic) =>
            new() { Start = start, Connections = traffic.Connections, BytesUp = traffic.BytesUp, BytesDown = traffic.BytesDown };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Content))]
    private sealed partial class FileJson : JsonSerializerContext;
}
