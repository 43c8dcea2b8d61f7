namespace Heliograph;

/// <summary>The pages of docs/operating on a machine: the .deb, the installer and the container have them there.</summary>
internal static class OperatingPages
{
    public const string Directory = "/usr/share/doc/heliograph/docs/operating";
}
