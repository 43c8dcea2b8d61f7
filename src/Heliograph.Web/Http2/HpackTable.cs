namespace Heliograph.Web.Http2;

/// <summary>The static table of HPACK (RFC 7541, appendix A) followed by a client's dynamic one, limited as in nginx.</summary>
internal sealed class HpackTable
{
    /// <summary>The default of SETTINGS_HEADER_TABLE_SIZE, which nginx does not change.</summary>
    public const int LargestSize = 4096;

    // RFC 7541, 4.1
    private const int EntryOverhead = 32;

    private static readonly (string Name, string Value)[] Static =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
        (":scheme", "http"), (":scheme", "https"),
        (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"),
        (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
        ("content-disposition", ""),
        ("content-encoding", ""), ("content-language", ""), ("content-length", ""), ("content-location", ""),
        ("content-range", ""), ("content-type", ""),
        ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""),
        ("if-modified-since", ""),
        ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""),
        ("location", ""), ("max-forwards", ""),
        ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""),
        ("retry-after", ""), ("server", ""),
        ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""),
        ("via", ""), ("www-authenticate", ""),
    ];

    // Newest first.
    private readonly LinkedList<(string Name, string Value)> dynamic = new();
    private int size;
    private int capacity = LargestSize;

    public static int StaticIndexOf(string name) => Array.FindIndex(Static, entry => entry.Name == name) + 1;

    /// <summary>False if there is no such entry.</summary>
    public bool TryGet(int index, out (string Name, string Value) entry)
    {
        entry = default;
        if (index < 1)
            return false;
        if (index <= Static.Length)
        {
            entry = Static[index - 1];
            return true;
        }
        var skip = index - Static.Length - 1;
        if (skip >= dynamic.Count)
            return false;
        entry = dynamic.ElementAt(skip);
        return true;
    }

    public void Add(string name, string value)
    {
        var entrySize = name.Length + value.Length + EntryOverhead;
        Shrink(capacity - entrySize);
        // An entry larger than the table empties it and is not an error (RFC 7541, 4.4).
        if (entrySize > capacity)
            return;
        dynamic.AddFirst((name, value));
        size += entrySize;
    }

    /// <summary>False if the client asks for more than it was offered.</summary>
    public bool TryResize(int newCapacity)
    {
        if (newCapacity > LargestSize)
            return false;
        capacity = newCapacity;
        Shrink(capacity);
        return true;
    }

    private void Shrink(int limit)
    {
        while (size > limit && dynamic.Last is { } oldest)
        {
            size -= oldest.Value.Name.Length + oldest.Value.Value.Length + EntryOverhead;
            dynamic.RemoveLast();
        }
    }
}
