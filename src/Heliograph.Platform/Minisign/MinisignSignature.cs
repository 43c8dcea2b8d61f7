using System.Text;

namespace Heliograph.Platform.Minisign;

/// <summary>
/// A signature file of minisign: a comment that nobody signed, the signature of the file, a comment that is signed too, and the
/// signature of both.
/// </summary>
public sealed class MinisignSignature
{
    /// <summary>minisign's own bound for a comment is 8 KB; nobody writes one that long.</summary>
    public const int LongestFile = 4096;

    private const string UntrustedComment = "untrusted comment: ", TrustedComment = "trusted comment: ";
    private const int IdSize = 8;

    private readonly byte[] first;
    private readonly byte[] comment;
    private readonly byte[] second;

    private MinisignSignature(byte[] first, byte[] comment, byte[] second)
    {
        this.first = first;
        this.comment = comment;
        this.second = second;
    }

    /// <summary>"Ed" signs the file itself; "ED", which minisign writes since 0.10, its BLAKE2b-512.</summary>
    private bool IsHashed => first.AsSpan().StartsWith("ED"u8);

    private ReadOnlySpan<byte> KeyId => first.AsSpan(2, IdSize);

    private ReadOnlySpan<byte> Signature => first.AsSpan(2 + IdSize);

    /// <summary>Reads a file. Never throws.</summary>
    /// <returns>Null: it is no signature of minisign's, or cut short.</returns>
    public static MinisignSignature? Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length > LongestFile)
            return null;
        // Latin-1 keeps every byte of a comment as it is.
        var lines = Encoding.Latin1.GetString(file).Split('\n');
        for (var i = 0; i < lines.Length; i++)
            lines[i] = lines[i].TrimEnd('\r');
        if (lines.Length is not (4 or 5) || (lines.Length == 5 && lines[4].Length > 0)
            || !lines[0].StartsWith(UntrustedComment, StringComparison.Ordinal)
            || !lines[2].StartsWith(TrustedComment, StringComparison.Ordinal))
            return null;
        Span<byte> first = stackalloc byte[2 + IdSize + Ed25519.SignatureSize];
        Span<byte> second = stackalloc byte[Ed25519.SignatureSize];
        return Convert.TryFromBase64String(lines[1], first, out var length) && length == first.Length
            && (first.StartsWith("Ed"u8) || first.StartsWith("ED"u8))
            && Convert.TryFromBase64String(lines[3], second, out length) && length == second.Length
            ? new(first.ToArray(), Encoding.Latin1.GetBytes(lines[2][TrustedComment.Length..]), second.ToArray())
            : null;
    }

    /// <summary>Whether this key signed these bytes, and the comment.</summary>
    /// <returns>What is wrong, as the end of a sentence; null: nothing.</returns>
    public string? FindProblem(MinisignKey key, ReadOnlySpan<byte> file)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!KeyId.SequenceEqual(key.IdBytes))
            return $"is of another key ({MinisignKey.NameOf(KeyId)}; expected: {key.Id})";
        if (!Ed25519.Verifies(key.Key, Signature, IsHashed ? Ed25519.Blake2b512(file) : file))
            return "does not fit the list, which was changed or cut short after it was signed";
        return Ed25519.Verifies(key.Key, second, [.. Signature, .. comment]) ? null : "has a trusted comment that was changed";
    }
}
