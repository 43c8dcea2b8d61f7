using System.Text.Json.Serialization;
using Heliograph.Platform;
using Heliograph.Relay.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Budget;

/// <summary>
/// <c>budget.json</c> in the state directory, written completely or not at all. A damaged file is set aside, with a line in the log.
/// </summary>
internal sealed partial class BudgetFile
{
    public const string Name = "budget.json";

    private const int Version = 1;

    /// <summary>No machine transfers an exabyte in a month: a larger figure means damage.</summary>
    private const long MaxBytes = 1_000_000_000_000_000_000;

    private readonly PrivateDirectory directory;

    public BudgetFile(string stateDirectory, TimeProvider timeProvider, ILogger logger) =>
        directory = new PrivateDirectory(stateDirectory, timeProvider, logger);

    /// <summary>Empty if the file is missing or damaged.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public (BudgetMonth? Current, BudgetMonth? Before) Read() =>
        directory.Read(Name, BudgetJson.Default.Content, Damage) is { } content
            ? (content.Current?.Month, content.Before?.Month)
            : (null, null);

    /// <exception cref="StorageException">It cannot be written; the previous file is intact.</exception>
    public void Write(MonthlyBudget budget) =>
        directory.Write(
            Name,
            new()
            {
                Version = Version,
                Current = SavedMonth.FromMonth(budget.Current),
                Before = budget.Before is { } before ? SavedMonth.FromMonth(before) : null,
            },
            BudgetJson.Default.Content);

    private static string? Damage(Content content)
    {
        if (content.Version != Version)
            return $"its version is {content.Version}, but this program supports version {Version}";
        return content.Current is { IsSound: true } && content.Before is null or { IsSound: true }
            ? null
            : "it contains an impossible figure";
    }

    private sealed record Content
    {
        public required int Version { get; init; }

        public required SavedMonth? Current { get; init; }

        public required SavedMonth? Before { get; init; }
    }

    private sealed record SavedMonth
    {
        public required DateOnly Start { get; init; }

        public required long Bytes { get; init; }

        [JsonIgnore]
        public BudgetMonth Month => new(Start, Bytes);

        [JsonIgnore]
        public bool IsSound => Bytes is >= 0 and <= MaxBytes && Start.Day <= 28;

        public static SavedMonth FromMonth(BudgetMonth month) => new() { Start = month.Start, Bytes = RoundedCount.UpBytes(month.Bytes) };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Content))]
    private sealed partial class BudgetJson : JsonSerializerContext;
}
