using System.Collections.Frozen;
using System.Text.Json;
using Heliograph.Platform;

namespace Heliograph.Relay.Routing;

/// <summary>
/// Reads a list of hosts: pure, and takes a text whole or says what is wrong with it. Members that it does not know are left to later
/// versions of the program; a list that an earlier one would misread has another <c>format</c>.
/// </summary>
public static class HostListReader
{
    /// <summary>The list of 2026 has 2 KB.</summary>
    public const int LongestList = 64 * 1024;

    private const int Format = 1;
    private const int MostHosts = 256;

    /// <summary>The date and two digits: a version is 20 to 29 hundred years and a number.</summary>
    private const long LeastVersion = 20_00_01_01_00, LastVersion = 29_99_12_31_99;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 6, AllowDuplicateProperties = false };

    /// <param name="bytes">A file, as it is.</param>
    /// <param name="problem">What is wrong with it, without a word of its content but names of hosts; null: nothing.</param>
    public static HostList? Read(ReadOnlyMemory<byte> bytes, out string? problem)
    {
        problem = null;
        if (bytes.Length > LongestList)
        {
            problem = $"it is longer than {LongestList / 1024} KiB";
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            problem = exception.LineNumber is { } line ? $"it is cut short or not JSON (line {line + 1})" : "it has a member twice";
        }
        catch (FormatException exception)
        {
            problem = exception.Message;
        }
        // A text with half of a surrogate pair, which JSON can escape.
        catch (InvalidOperationException)
        {
            problem = "it has a text that is not Unicode";
        }
        return null;
    }

    private static HostList Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new FormatException("it is no list of hosts");
        if (!Member(root, "format", JsonValueKind.Number).TryGetInt32(out var format) || format != Format)
            throw new FormatException($"its format is not {Format}: this version of Heliograph cannot read it; upgrade first");
        if (!Member(root, "version", JsonValueKind.Number).TryGetInt64(out var version) || version is < LeastVersion or > LastVersion)
            throw new FormatException("its version is not a date and two digits, such as 2026112701");
        var sets = Member(root, "sets", JsonValueKind.Object);
        return new()
        {
            Version = version,
            Sets = HostList.SetNames.ToFrozenDictionary(
                static name => name, name => ReadSet(Member(sets, name, JsonValueKind.Object)), StringComparer.Ordinal),
            WebSites = ReadNames(Member(root, "web_sites", JsonValueKind.Array)).ToFrozenSet(StringComparer.Ordinal),
        };
    }

    private static HostSet ReadSet(JsonElement set)
    {
        var current = ReadNames(Member(set, "hosts", JsonValueKind.Array));
        if (current.Count == 0)
            throw new FormatException("a set has no hosts");
        var old = new List<KeyValuePair<string, string>>();
        if (set.TryGetProperty("old_hosts", out var hosts))
        {
            if (hosts.ValueKind != JsonValueKind.Object)
                throw Missing("old_hosts");
            foreach (var host in hosts.EnumerateObject())
            {
                if (old.Count == MostHosts)
                    throw TooMany();
                old.Add(new(CheckName(host.Name), ReadName(host.Value)));
            }
        }
        return new(current, old);
    }

    private static List<string> ReadNames(JsonElement array)
    {
        if (array.GetArrayLength() > MostHosts)
            throw TooMany();
        var names = array.EnumerateArray().Select(ReadName).ToList();
        return names.GroupBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice
            ? throw new FormatException($"{twice.Key} is listed twice")
            : names;
    }

    private static string ReadName(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? CheckName(element.GetString()!) : throw new FormatException("a host is not a text");

    private static string CheckName(string name) => IsHostName(name) ? name
        : throw new FormatException("it has a name that is not a host name of at least two labels in lower case");

    /// <summary>RFC 1123 section 2.1, in lower case, and not a plain word, which the resolver would look for in its search list.</summary>
    internal static bool IsHostName(string name) => name.Length is > 2 and <= 253 && name.Contains('.', StringComparison.Ordinal)
        && Array.TrueForAll(name.Split('.'), IsLabel) && !InternetAddress.EndsInNumber(name);

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(static c => c is '-' || char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : throw Missing(name);

    private static FormatException Missing(string name) => new($"{name} is missing, or is of another kind than it has to be");

    private static FormatException TooMany() => new($"it has more than {MostHosts} hosts in one place");
}
