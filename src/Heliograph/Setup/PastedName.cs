namespace Heliograph.Setup;

/// <summary>What people paste where a name is asked for: the address line of a browser, or the link of a proxy.</summary>
internal static class PastedName
{
    private const string LinkHost = "signal.tube";
    private static readonly string[] Schemes = ["https", "http", "sgnl"];

    /// <summary>The host of a web address; any other text without the spaces around it.</summary>
    public static string Trim(string text)
    {
        var name = text.Trim();
        // The runtime lower-cases the host, writes an international one in its xn-- form, and knows where the port begins.
        if (!Uri.TryCreate(name, UriKind.Absolute, out var address) || !Schemes.Contains(address.Scheme) || address.IdnHost.Length == 0)
            return name.TrimEnd('/');
        return address.IdnHost == LinkHost && address.Fragment.Length > 1 ? address.Fragment[1..] : address.IdnHost;
    }
}
