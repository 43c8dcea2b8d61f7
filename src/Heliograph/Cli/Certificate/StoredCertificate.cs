using Heliograph.Acme;
using Heliograph.Certificates;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Hosting;
using Heliograph.Membership;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli.Certificate;

/// <summary>The certificate as stored on disk, when no server is running.</summary>
internal static class StoredCertificate
{
    public static async Task<CertificateReport> ReportAsync(Settings settings)
    {
        using var logs = Logging.Create(LogLevel.Warning);
        var log = logs.CreateLogger("Heliograph");
        if (settings.Certificate.Source != CertificateOrigin.Acme)
        {
            await using var source = await CertificateSources.OpenAsync(settings, new ChallengePorts(), null, TimeProvider.System, log);
            return settings.Certificate.Source == CertificateOrigin.Files ? source.Describe() : new() { Source = source.Describe().Source };
        }
        if (!Exists(settings.StateDirectory) && new MembershipFiles(settings.StateDirectory, TimeProvider.System, log).Read() is null)
            return new() { Source = "acme" };
        using var access = new MembershipFiles(settings.StateDirectory, TimeProvider.System, log).OpenAccess();
        var shared = access is null ? null : new SharedStore(() => access, settings.Acme.Domains);
        await using var manager = AcmeSource.OpenStored(settings.Acme, TimeProvider.System, log, shared);
        return CertificateReport.FromDescription(manager.Describe());
    }

    public static Task<ControlResponse> RevokeAsync(Settings settings, RevocationReason reason, CancellationToken cancellationToken) =>
        WithStoredAsync(settings, async manager =>
        {
            await manager.RevokeAsync(reason, cancellationToken);
            return "The certificate is revoked. The server orders a new one when it starts again.";
        });

    public static Task<ControlResponse> RollAccountKeyAsync(Settings settings, CancellationToken cancellationToken) =>
        WithStoredAsync(settings, async manager =>
        {
            await manager.RollOverAccountKeyAsync(cancellationToken);
            return CertificateCommands.AccountKeyRolled;
        });

    private static async Task<ControlResponse> WithStoredAsync(Settings settings, Func<CertificateManager, Task<string>> work)
    {
        if (!Exists(settings.StateDirectory))
            return ControlResponse.Failed(
                $"there is no certificate in {settings.StateDirectory}; name the right directory with --state-directory DIR");
        using var logs = Logging.Create(LogLevel.Warning);
        var log = logs.CreateLogger("Heliograph");
        using (var access = new MembershipFiles(settings.StateDirectory, TimeProvider.System, log).OpenAccess())
        {
            if (access is not null)
                return ControlResponse.Failed(
                    "no server is running here, and only a running one changes what the fleet shares: start it (heliograph run), or run " +
                    "this on another machine of the fleet");
        }
        await using var manager = AcmeSource.OpenStored(settings.Acme, TimeProvider.System, log);
        try
        {
            return ControlResponse.Done(await work(manager));
        }
        catch (AcmeException exception)
        {
            return ControlResponse.Failed(exception.Message);
        }
    }

    /// <summary>The check must create nothing: the server could not use a directory that root created here.</summary>
    private static bool Exists(string stateDirectory)
    {
        try
        {
            return Directory.Exists(stateDirectory)
                && Directory.EnumerateDirectories(stateDirectory, CertificateManager.DirectoryName).Any();
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartException(
                $"{stateDirectory} cannot be read by user {Environment.UserName}; run this as the user that the server runs as (sudo)");
        }
    }
}
