using System.Net;

namespace Heliograph.Configuration;

/// <summary>Reads the value of a key from the joined layers, or tells why it cannot be used.</summary>
internal sealed class KeyReader(LayeredValues values, ConfigurationErrors errors)
{
    public T Scalar<T>(Key key, Parse<T> parse, T fallback)
    {
        if (values.Scalar(key) is not { } given)
            return fallback;
        if (parse(given.Value, out var value) is not { } problem)
            return value;
        errors.Add(key, given, $"{problem}; allowed: {key.Allowed}");
        return fallback;
    }

    /// <summary>The good items; null if no layer gives the list.</summary>
    public List<T>? List<T>(Key key, Parse<T> parse)
    {
        if (values.List(key) is not { } items)
            return null;
        var good = new List<T>();
        foreach (var item in items)
        {
            if (parse(item.Value, out var value) is { } problem)
                errors.Add(key, item, $"{problem}; allowed: {key.Allowed}");
            else if (good.Contains(value) && value is not IPEndPoint { Port: 0 })
                errors.Add(key, item, "stands there twice; keep one of the two");
            else
                good.Add(value);
        }
        return good;
    }

    public bool IsGiven(Key key) => values.OriginOf(key) is not null;

    public void Require(Key key, string because)
    {
        if (!IsGiven(key))
            errors.Add(key.Name, $"missing, as {because}; allowed: {key.Allowed}");
    }
}
