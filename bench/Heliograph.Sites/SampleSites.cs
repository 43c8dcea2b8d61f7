using System.Security.Cryptography;
using Heliograph.Web;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Sites;

/// <summary>Some sites as files, for a person to look at.</summary>
internal static class SampleSites
{
    private const int OfEachLanguage = 8;

    public static void Write(string directory)
    {
        var now = new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
        foreach (var language in DecoySite.Languages)
        {
            for (var i = 0; i < OfEachLanguage; i++)
            {
                var seed = new DecoySeed(SHA256.HashData(BitConverter.GetBytes(i)), DateOnly.FromDateTime(now.AddDays(-60).UtcDateTime));
                foreach (var file in BuiltInSite.Files(seed, language, now))
                {
                    var path = Path.Combine(directory, $"{language}-{i}", file.Path.TrimStart('/'));
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.WriteAllBytes(path, file.Content);
                    File.SetLastWriteTimeUtc(path, file.LastModified.UtcDateTime);
                }
            }
        }
    }
}
