namespace Heliograph.Platform.Minisign;

/// <summary>
/// A public key as minisign writes it: two letters, eight bytes that name the key, and the key of Ed25519, all in base64.
/// </summary>
public sealed class MinisignKey
{
    private const int IdSize = 8;
    private static readonly byte[] Algorithm = "Ed"u8.ToArray();

    private readonly byte[] bytes;

    private MinisignKey(string text, byte[] bytes)
    {
        Text = text;
        this.bytes = bytes;
    }

    /// <summary>The base64, as <c>minisign -P</c> takes it.</summary>
    public string Text { get; }

    /// <summary>The key's name, as minisign shows it: the number in hexadecimal.</summary>
    public string Id => NameOf(IdBytes);

    internal ReadOnlySpan<byte> IdBytes => bytes.AsSpan(Algorithm.Length, IdSize);

    internal ReadOnlySpan<byte> Key => bytes.AsSpan(Algorithm.Length + IdSize);

    /// <summary>Reads the second line of minisign.pub; null: it is none.</summary>
    public static MinisignKey? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Algorithm.Length + IdSize + Ed25519.KeySize];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == bytes.Length && bytes.StartsWith(Algorithm)
            ? new(text, bytes.ToArray())
            : null;
    }

    internal static string NameOf(ReadOnlySpan<byte> id)
    {
        Span<byte> number = stackalloc byte[IdSize];
        id.CopyTo(number);
        number.Reverse();
        return Convert.ToHexString(number);
    }
}
