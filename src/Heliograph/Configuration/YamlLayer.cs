using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Heliograph.Configuration;

/// <summary>
/// Reads the configuration file. By the parser's events, not by a deserializer: no reflection, and every key knows its line.
/// </summary>
internal sealed class YamlLayer
{
    /// <summary>No configuration is this long; a log or an image given by mistake is.</summary>
    public const int LongestFile = 1024 * 1024;

    /// <summary>No key is deeper than three sections; what is no key is skipped to this depth.</summary>
    private const int DeepestNesting = 32;

    private readonly string file;
    private readonly KeyCatalog keys;
    private readonly YamlEvents parser;
    private readonly ConfigurationErrors errors;
    private readonly Layer layer = new();

    private YamlLayer(string file, string text, KeyCatalog keys, ConfigurationErrors errors)
    {
        this.file = file;
        this.keys = keys;
        this.errors = errors;
        parser = new YamlEvents(text);
    }

    /// <summary>Never throws for what the file holds, nor because it cannot be read: that is an error like any other.</summary>
    public static Layer Read(string file, KeyCatalog keys, ConfigurationErrors errors)
    {
        if (ReadFile(file, errors) is { } bytes)
            return Parse(file, bytes.Span, keys, errors);
        errors.IsFileIncomplete = true;
        return new Layer();
    }

    /// <summary>Reads what is in a file. Pure: no I/O, and it never throws for what the bytes are.</summary>
    public static Layer Parse(string file, ReadOnlySpan<byte> bytes, KeyCatalog keys, ConfigurationErrors errors)
    {
        if (Decode(file, bytes, errors) is not { } text)
        {
            errors.IsFileIncomplete = true;
            return new Layer();
        }
        var reader = new YamlLayer(file, text, keys, errors);
        try
        {
            reader.ReadStream();
        }
        catch (YamlException exception)
        {
            errors.Add(NotYaml(file, exception, text));
            errors.IsFileIncomplete = true;
        }
        return reader.layer;
    }

    private void ReadStream()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<DocumentStart>(out _))
        {
            ReadSection("");
            parser.Consume<DocumentEnd>();
        }
        if (parser.Accept<DocumentStart>(out var second))
            errors.Add(Where(second), "a second document starts here; a configuration is one document, so take the '---' out");
    }

    /// <summary>The mapping of the top ("") or of a section.</summary>
    private void ReadSection(string section)
    {
        if (TryReadNothing())
            return;
        if (!parser.TryConsume<MappingStart>(out var start))
        {
            Refuse(section, $"must be a section with keys: {string.Join(", ", keys.NamesIn(section))}");
            return;
        }
        if (!IsPlain(start, section))
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadName(section, seen) is { } path)
                ReadValue(path.Path, path.Origin);
        }
    }

    /// <summary>The key of a mapping's next entry; null (and the entry skipped) if it is not a key or is there twice.</summary>
    private (string Path, string Origin)? ReadName(string section, HashSet<string> seen)
    {
        if (!parser.Accept<Scalar>(out var name) || Unsupported(name) is not null)
        {
            Refuse(section, "every key must be a plain name");
            Skip();
            return null;
        }
        parser.MoveNext();
        var path = KeyCatalog.Join(section, name.Value);
        if (name.Value is "<<")
            errors.Add(path, Where(name), "merge keys are not supported; write the values out");
        // A colon is what joins a section and its key in our paths: it must not let "acme:email" in.
        else if (name.Value.Contains(':', StringComparison.Ordinal) && keys.Holds(section))
            errors.Add(path, Where(name), NoColons);
        else if (!seen.Add(name.Value))
            errors.Add(path, Where(name), "the key stands here a second time; keep one of the two");
        else
            return (path, Where(name));
        Skip();
        return null;
    }

    private void ReadValue(string path, string origin)
    {
        if (keys.Find(path) is { } key)
        {
            Action<ConfigurationKey, string> read = key.Shape switch
            {
                KeyShape.Scalar => ReadScalar,
                KeyShape.List => ReadList,
                _ => ReadMap,
            };
            read(key, origin);
        }
        else if (keys.IsSection(path))
        {
            ReadSection(path);
        }
        else
        {
            errors.Add(path, origin, keys.Unknown(path, ConfigurationKey.Display));
            Skip();
        }
    }

    private void ReadScalar(ConfigurationKey key, string origin)
    {
        if (TryReadNothing())
            errors.Add(key.Path, origin, $"has no value; allowed: {key.Allowed}");
        else if (ReadText(key.Path, $"must be a single value: {key.Allowed}") is { } value)
            layer.SetScalar(key, value.Value, Where(value));
    }

    private void ReadList(ConfigurationKey key, string origin)
    {
        if (TryReadNothing())
        {
            errors.Add(key.Path, origin, $"has no value; allowed: a list, each item {key.Allowed}");
            return;
        }
        // One value without brackets, or several joined by commas as in the environment: nobody means anything else by it.
        if (parser.Accept<Scalar>(out _))
        {
            if (ReadText(key.Path, key.Allowed) is { } alone)
                layer.SetText(key, alone.Value, Where(alone), errors);
            return;
        }
        if (!parser.TryConsume<SequenceStart>(out var start))
        {
            Refuse(key.Path, $"must be a list, written as {key.Path.Split(':')[^1]}: [...]; each item {key.Allowed}");
            return;
        }
        if (!IsPlain(start, key.Path))
            return;
        layer.SetList(key, Where(start));
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (ReadText(key.Path, $"every item must be a single value: {key.Allowed}") is { } item)
                layer.AddItem(key, item.Value, Where(item));
        }
    }

    private void ReadMap(ConfigurationKey key, string origin)
    {
        if (TryReadNothing())
            return;
        if (parser.Accept<Scalar>(out var word) && key.Kind.Words.Contains(word.Value, StringComparer.Ordinal))
        {
            if (ReadText(key.Path, key.Allowed) is { } whole)
                layer.SetText(key, whole.Value, Where(whole), errors);
            return;
        }
        if (!parser.TryConsume<MappingStart>(out var start))
        {
            Refuse(key.Path, $"must be a section of lines NAME: VALUE, each {key.Allowed}");
            return;
        }
        if (!IsPlain(start, key.Path))
            return;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadName(key.Path, seen) is { } entry && ReadEntry(key, entry.Path, entry.Origin) is { } value)
                layer.AddEntry(key, entry.Path[(key.Path.Length + 1)..], value, entry.Origin);
        }
    }

    /// <summary>An entry's value; a section is put on one line, as the environment has it.</summary>
    private string? ReadEntry(ConfigurationKey key, string path, string origin)
    {
        var names = key.Kind.EntryKeys;
        if (names.Count == 0 || !parser.TryConsume<MappingStart>(out var start))
            return ReadText(path, $"must be a single value; allowed: {key.Allowed}")?.Value;
        if (!IsPlain(start, path))
            return null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadName(path, seen) is not { } inner)
                continue;
            var name = inner.Path[(path.Length + 1)..];
            if (names.Contains(name, StringComparer.Ordinal) && ReadText(inner.Path, "must be a single value") is { } value)
            {
                values[name] = value.Value;
            }
            else if (!names.Contains(name, StringComparer.Ordinal))
            {
                var hint = Suggestion.Nearest(name, names) is { } near ? $"did you mean {near}?" : $"there are: {string.Join(", ", names)}";
                errors.Add(inner.Path, inner.Origin, $"there is no such key; {hint}");
                Skip();
            }
        }
        if (!seen.Contains(names[0]))
            errors.Add(path, origin, $"{names[0]} is missing; allowed: {key.Allowed}");
        return values.ContainsKey(names[0])
            ? string.Join(' ', names.Where(values.ContainsKey)
                .Select((name, index) => index == 0 ? values[name] : $"{name}={values[name]}"))
            : null;
    }

    /// <summary>A section whose lines are all commented out, or a key without a value.</summary>
    private bool TryReadNothing()
    {
        if (!parser.Accept<Scalar>(out var scalar) || scalar.Style != ScalarStyle.Plain || scalar.Value is not ("" or "~" or "null")
            || !scalar.Anchor.IsEmpty || !scalar.Tag.IsEmpty)
            return false;
        parser.MoveNext();
        return true;
    }

    private Scalar? ReadText(string path, string otherwise)
    {
        if (parser.Accept<Scalar>(out var scalar) && scalar.Anchor.IsEmpty && scalar.Tag.IsEmpty)
        {
            parser.MoveNext();
            return scalar;
        }
        Refuse(path, otherwise);
        return null;
    }

    /// <summary>Reports what is wrong with the node that comes next, and skips it.</summary>
    private void Refuse(string path, string problem)
    {
        var node = parser.Current!;
        var reason = node is AnchorAlias ? NoAnchors : node is NodeEvent value ? Unsupported(value) ?? problem : problem;
        errors.Add(path.Length == 0 ? "the configuration" : path, Where(node), reason);
        Skip();
    }

    /// <summary>Refuses a collection (whose start is consumed) that has an anchor or a tag.</summary>
    private bool IsPlain(NodeEvent start, string path)
    {
        if (Unsupported(start) is not { } problem)
            return true;
        errors.Add(path.Length == 0 ? "the configuration" : path, Where(start), problem);
        Skip(depth: 1);
        return false;
    }

    /// <summary>
    /// Skips the node that comes next, or with <paramref name="depth"/> 1 the rest of the collection whose start is consumed.
    /// </summary>
    private void Skip(int depth = 0)
    {
        do
        {
            var next = parser.Current!;
            depth += next.NestingIncrease;
            // The scanner's time grows with the square of the nesting: half a megabyte of '[' would take hours.
            if (depth > DeepestNesting)
                throw new SemanticErrorException(next.Start, next.End, "nested too deep");
            parser.MoveNext();
        }
        while (depth > 0);
    }

    private const string NoAnchors =
        "anchors and aliases (& and *) are not supported; write the value out, in quotes if it starts with one of them";

    private const string NoColons = "no key has a ':' in its name; write the section on a line of its own, its keys below it, indented";

    private static string? Unsupported(NodeEvent node) => !node.Anchor.IsEmpty ? NoAnchors
        : !node.Tag.IsEmpty ? "tags (!) are not supported; take it out, or put the value in quotes if it starts with one"
        : null;

    private string Where(ParsingEvent node) => $"{file}:{node.Start.Line}";

    /// <summary>
    /// A tab is reported at its own line: the parser reports it at the start of the section around it, and does not call it a tab.
    /// </summary>
    private static string NotYaml(string file, YamlException exception, string text)
    {
        var lines = text.Split('\n');
        for (var line = (int)exception.Start.Line; line <= lines.Length; line++)
        {
            if (lines[line - 1].TakeWhile(char.IsWhiteSpace).Contains('\t'))
                return $"{file}:{line}: a tab stands at the start of the line; YAML takes spaces only";
        }
        if (lines.ElementAtOrDefault((int)exception.Start.Line - 1) is { } wrong && Quotes.FindDoubled(wrong) is { } quotes)
            return $"{file}:{exception.Start.Line}: {quotes}";
        return $"{file}:{exception.Start.Line}: not YAML: {exception.Message.TrimEnd('.')} (column {exception.Start.Column})";
    }

    private static string? Decode(string file, ReadOnlySpan<byte> bytes, ConfigurationErrors errors)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            errors.Add(file, "not UTF-8 text; this is no configuration file, or it was saved in another encoding");
            return null;
        }
    }

    private static ReadOnlyMemory<byte>? ReadFile(string file, ConfigurationErrors errors)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[LongestFile + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length <= LongestFile)
                return bytes.AsMemory(0, length);
            errors.Add(file, "longer than 1 MiB; this is no configuration file");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.Add(file, "there is no such file; name the configuration with --config FILE");
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(file))
        {
            errors.Add(file, "a directory; name the file in it with --config FILE");
        }
        catch (UnauthorizedAccessException)
        {
            // It may hold secrets, so it is written for root and the service alone.
            errors.Add(
                file,
                Environment.IsPrivilegedProcess
                    ? "not even root may read it here; name another file with --config FILE"
                    : $"user {Environment.UserName} may not read it; use sudo, or name another file with --config FILE");
        }
        catch (IOException exception)
        {
            errors.Add(file, $"cannot be read: {exception.Message}");
        }
        return null;
    }
}
