using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Heliograph.Membership;

/// <summary>A membership as one word, to be carried to the new machine. Who has it can read all that the fleet shares.</summary>
internal static class FleetToken
{
    /// <summary>So that nobody takes it for something else, and a later format can be told.</summary>
    public const string Prefix = "heliograph-fleet-1.";

    /// <summary>Sixteen members of etcd and their pins are 2 KB.</summary>
    private const int Longest = 16 * 1024;

    private const int CheckLength = 6;

    public static string Write(FleetMembership membership)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(membership, MembershipJson.Default.FleetMembership);
        return Prefix + Base64Url.EncodeToString([.. Check(bytes), .. bytes]);
    }

    /// <summary>Reads it, or says what is wrong with it; never quotes it.</summary>
    public static bool TryRead(
        string token, [NotNullWhen(true)] out FleetMembership? membership, [NotNullWhen(false)] out string? problem)
    {
        membership = null;
        token = token.Trim();
        if (!token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            problem = $"it does not begin with {Prefix}";
            return false;
        }
        if (token.Length > Longest || !Base64Url.IsValid(token.AsSpan(Prefix.Length)))
        {
            problem = "it is not one word as heliograph fleet invite prints it";
            return false;
        }
        var bytes = Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length));
        if (bytes.Length <= CheckLength || !bytes.AsSpan(0, CheckLength).SequenceEqual(Check(bytes.AsSpan(CheckLength))))
        {
            problem = "a part of it is missing or changed; copy the whole line";
            return false;
        }
        try
        {
            membership = JsonSerializer.Deserialize(bytes.AsSpan(CheckLength), MembershipJson.Default.FleetMembership);
        }
        catch (JsonException)
        {
            // The reason could quote a secret.
        }
        problem = membership is null ? "this version of the program does not know its content" : FleetMembership.FindProblem(membership);
        if (problem is not null)
            membership = null;
        return membership is not null;
    }

    private static byte[] Check(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..CheckLength];
}
