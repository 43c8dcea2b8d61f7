using Heliograph.Certificates;
using Heliograph.Configuration;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting;

/// <summary>
/// What a start needs of the files on this machine, opened and closed again by the code that the start uses. It creates nothing.
/// </summary>
internal static class StartRehearsal
{
    /// <returns>What <c>heliograph run</c> would say and end; each a sentence.</returns>
    public static async Task<IReadOnlyList<string>> FindProblemsAsync(Settings settings, TimeProvider timeProvider, ILogger logger)
    {
        Func<Task>[] parts =
        [
            Now(ProcessSetup.RequireOpenSsl),
            Now(() => StateDirectory.RequirePossible(settings.StateDirectory)),
            () => OpenCertificateAsync(settings.Certificate, timeProvider, logger),
            Now(() => OpenDecoy(settings.Decoy)),
        ];
        var problems = new List<string>();
        foreach (var open in parts)
        {
            try
            {
                await open();
            }
            catch (Exception exception) when (exception is StartException or WebServerException)
            {
                problems.Add(exception.Message);
            }
        }
        return problems;
    }

    private static Func<Task> Now(Action open) => () =>
    {
        open();
        return Task.CompletedTask;
    };

    private static async Task OpenCertificateAsync(CertificateSettings certificate, TimeProvider timeProvider, ILogger logger)
    {
        if (certificate is { Source: CertificateOrigin.Files, Chain: { } chain, Key: { } key })
            _ = await FileSource.OpenAsync(chain, key, timeProvider, logger);
    }

    private static void OpenDecoy(DecoySettings decoy)
    {
        if (decoy.Directory is { } directory)
            DecoySite.RequireDirectory(directory);
        if (decoy.SeedFile is { } seed)
            _ = DecoySeed.Load(seed);
    }
}
