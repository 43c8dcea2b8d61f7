using System.Reflection;

namespace Heliograph;

internal static class ProductVersion
{
    /// <summary>The version of this build, without the commit that the SDK appends after '+'.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
