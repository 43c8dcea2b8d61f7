using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Alerts;

/// <summary><c>alerts.json</c> in the state directory: the last messages, so that a restart does not send them again.</summary>
internal sealed class AlertFile
{
    public const string Name = "alerts.json";

    private readonly PrivateDirectory directory;
    private readonly ILogger logger;

    public AlertFile(string stateDirectory, TimeProvider timeProvider, ILogger logger)
    {
        directory = new PrivateDirectory(stateDirectory, timeProvider, logger);
        this.logger = logger;
    }

    /// <summary>
    /// An empty book if the file is missing or unusable: reporting something twice is better than not at all.
    /// </summary>
    public AlertBook Read()
    {
        try
        {
            return new AlertBook(directory.Read(Name, AlertJson.Default.SortedDictionaryStringAlertRecord, Damage) ?? []);
        }
        catch (StorageException exception)
        {
            HostLog.AlertsNotKept(logger, exception.Message);
            return new AlertBook(new Dictionary<string, AlertRecord>(StringComparer.Ordinal));
        }
    }

    public void Write(AlertBook book)
    {
        try
        {
            directory.Write(
                Name,
                new SortedDictionary<string, AlertRecord>(book.Records.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
                AlertJson.Default.SortedDictionaryStringAlertRecord);
        }
        catch (StorageException exception)
        {
            HostLog.AlertsNotKept(logger, exception.Message);
        }
    }

    private static string? Damage(SortedDictionary<string, AlertRecord> records) =>
        records.Values.Any(static record => record is null) ? "an entry in it is empty" : null;
}
