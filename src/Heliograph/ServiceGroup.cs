namespace Heliograph;

/// <summary>The service's group, named as in the package and the systemd unit; its user has the same name.</summary>
internal static class ServiceGroup
{
    public const string Name = "heliograph";

    /// <summary>Its number; null: this machine has no such group.</summary>
    public static uint? Find() => File.Exists("/etc/group")
        // group(5): name:password:number:members.
        ? File.ReadLines("/etc/group").Select(static line => line.Split(':')).Where(static fields => fields.Length > 2 && fields[0] == Name)
            .Select(static fields => uint.TryParse(fields[2], out var number) ? number : (uint?)null).FirstOrDefault()
        : null;
}
