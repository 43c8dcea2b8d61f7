using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform;
using Heliograph.Relay.Access;
using Microsoft.Extensions.Logging;

namespace Heliograph.Sources;

/// <summary>A list as it was downloaded last.</summary>
internal sealed record SourceCopy(byte[] Bytes, Validators Validators, DateTimeOffset AskedAt);

/// <summary>
/// The last good copy of each list that is downloaded, in <c>sources</c> in the state directory: a restart without a network has them. Each
/// is a list of its own, with three comments before it: when its server was asked, and what it is asked with.
/// </summary>
internal sealed class SourceCopies
{
    private const string Folder = "sources";
    private const string Suffix = ".list";
    private const string Asked = "# Asked: ";
    private const string ETag = "# ETag: ";
    private const string LastModified = "# Last-Modified: ";
    private const int LongestHead = 8 * 1024;

    private readonly PrivateDirectory directory;

    public SourceCopies(string stateDirectory, TimeProvider timeProvider, ILogger logger) =>
        directory = new PrivateDirectory(Path.Combine(stateDirectory, Folder), timeProvider, logger);

    /// <returns>Null: there is none, or none of this program's.</returns>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public SourceCopy? Read(string source)
    {
        if (directory.ReadBytes(NameOf(source), PrefixListReader.LongestList + LongestHead) is not { } bytes)
            return null;
        var rest = bytes.AsSpan();
        return Take(ref rest, Asked) is { } asked && Take(ref rest, ETag) is { } tag && Take(ref rest, LastModified) is { } date
            && DateTimeOffset.TryParseExact(asked, "u", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new(rest.ToArray(), new(tag.Length > 0 ? tag : null, date.Length > 0 ? date : null), at)
            : null;
    }

    /// <exception cref="StorageException">It cannot be written; the old copy is intact.</exception>
    public void Write(string source, SourceCopy copy)
    {
        directory.Create();
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{Asked}{copy.AskedAt:u}\n{ETag}{copy.Validators.ETag}\n{LastModified}{copy.Validators.LastModified}\n");
        directory.WriteBytes(NameOf(source), [.. Encoding.UTF8.GetBytes(head), .. copy.Bytes]);
    }

    /// <summary>Removes the copies of all other lists, as far as that is possible.</summary>
    public void Keep(IEnumerable<string> sources)
    {
        var kept = sources.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var path in Directory.EnumerateFiles(directory.Path, "*" + Suffix).ToList())
            {
                if (!kept.Contains(Path.GetFileName(path)))
                    File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A copy that nobody reads does no harm.
        }
    }

    private static string? Take(ref Span<byte> rest, string label)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end is < 0 or > LongestHead)
            return null;
        var line = Encoding.UTF8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return line.StartsWith(label, StringComparison.Ordinal) ? line[label.Length..] : null;
    }

    /// <summary>An address may be longer than the name of a file, and hold a key.</summary>
    private static string NameOf(string source) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)).AsSpan(0, 16)) + Suffix;
}
