using Heliograph.Certificates;
using Heliograph.Configuration;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Machine;

/// <summary>
/// Checks the certificate's files as the server reads them: after a bad renewal it still serves the previous ones, until it restarts.
/// </summary>
internal static class CertificateFilesCheck
{
    public const string Name = "certificate";

    public static async Task<Finding> RunAsync(
        string chainPath, string keyPath, IReadOnlyList<string> domains, TimeProvider timeProvider)
    {
        try
        {
            var files = await CertificateFiles.ReadAsync(chainPath, keyPath, timeProvider);
            return files.Pipe is { } pipe
                ? new(
                    Name,
                    Severity.Warning,
                    $"{pipe} is a pipe, which can be read only once, so a renewed certificate takes a restart",
                    $"Give regular files in {Keys.CertificateChain.Name} and {Keys.CertificateKey.Name}.")
                : Evaluate(files.Load(), chainPath, domains, timeProvider.GetUtcNow());
        }
        catch (CertificateException exception) when (exception.InnerException is UnauthorizedAccessException)
        {
            // Whoever runs the check need not be the server's user, and only that one must be able to read the key.
            return new(Name, Severity.Ok, $"not checked, because user {Environment.UserName} may not read it: use sudo to check it too");
        }
        catch (CertificateException exception)
        {
            return new(
                Name,
                Severity.Failure,
                exception.Message,
                "Put the certificate's files right: a running server keeps the previous ones, but it cannot start with these.");
        }
    }

    private static Finding Evaluate(ServerCertificate certificate, string path, IReadOnlyList<string> domains, DateTimeOffset now)
    {
        var faults = string.Join("; ", CertificateFaults.Find(certificate, domains, now));
        return faults.Length > 0
            ? new(Name, Severity.Warning, $"Signal's apps cannot use the one in {path}: {faults}", "Get a certificate that they can use.")
            : new(Name, Severity.Ok, $"{path}, until {certificate.NotAfter:yyyy-MM-dd}");
    }
}
