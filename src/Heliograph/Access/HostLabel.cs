using System.Security.Cryptography;

namespace Heliograph.Access;

/// <summary>
/// Makes the first label of an unlisted name. It looks as the names do that other programs make up under a wildcard: what runs there, and
/// an identifier (docs/adr/0018-unlisted-labels.md).
/// </summary>
internal static class HostLabel
{
    /// <summary>log2(27^10) = 47.5 bits, whatever is known of the word.</summary>
    public const int RandomLetters = 10;

    /// <summary>As Kubernetes has it: no vowels, which would make words, and nothing that is misread over the phone.</summary>
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private static readonly string[] Words =
    [
        "api", "app", "assets", "blog", "demo", "dev", "docs", "files", "img", "media", "preview", "site", "stage", "static", "test", "web",
    ];

    /// <summary>A name under a domain.</summary>
    /// <param name="wildcard">The wildcard that the certificate has, such as <c>*.example.org</c>.</param>
    public static string CreateName(string wildcard) =>
        $"{Words[RandomNumberGenerator.GetInt32(Words.Length)]}-{RandomNumberGenerator.GetString(Letters, RandomLetters)}{wildcard[1..]}";
}
