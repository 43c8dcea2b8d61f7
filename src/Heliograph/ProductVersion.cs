using System.Reflection;

namespace Heliograph;

internal static class ProductVersion
{
    /// <summary>As it was built, without the commit that the SDK appends after '+'.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
