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
    public static IReadOnlyList<string> FindProblems(Settings settings, TimeProvider timeProvider, ILogger logger)
    {
        Action[] parts =
        [
            ProcessSetup.RequireOpenSsl,
            () => StateDirectory.RequirePossible(settings.StateDirectory),
            () => OpenCertificate(settings.Certificate, timeProvider, logger),
            () => OpenDecoy(settings.Decoy),
        ];
        return [.. parts.Select(FindProblem).OfType<string>()];
    }

    private static string? FindProblem(Action open)
    {
        try
        {
            open();
            return null;
        }
        catch (Exception exception) when (exception is StartException or WebServerException)
        {
            return exception.Message;
        }
    }

    private static void OpenCertificate(CertificateSettings certificate, TimeProvider timeProvider, ILogger logger)
    {
        if (certificate is { Source: CertificateOrigin.Files, Chain: { } chain, Key: { } key })
            _ = FileSource.Open(chain, key, timeProvider, logger);
    }

    private static void OpenDecoy(DecoySettings decoy)
    {
        if (decoy.Directory is { } directory)
            DecoySite.RequireDirectory(directory);
    }
}
