using Heliograph.Testing.Nginx;

namespace Heliograph.Web.Tests;

/// <summary>The profile of the nginx that the decoy is compared with.</summary>
internal static class ComparedProfile
{
    public static NginxProfile Get() =>
        NginxProfile.All.FirstOrDefault(static profile => profile.Name == ComparedNginx.Profile)
        ?? throw new InvalidOperationException(
            $"the decoy has no profile for {ComparedNginx.Executable}, which is nginx {ComparedNginx.Version}; it has "
            + string.Join(", ", NginxProfile.All.Select(static profile => profile.Name)));
}
