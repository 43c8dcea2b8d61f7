using System.Text;
using Heliograph.Platform.Minisign;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a signature of minisign, and a public key.</summary>
internal static class MinisignTarget
{
    private const int LongestMessage = 200;

    /// <summary>Of a secret key that nobody has, so that no signature is good.</summary>
    private static readonly MinisignKey Key = MinisignKey.Parse("RWREgKsbtVZcsN1uGJDej0LehAbG8HRSF1uq4crvdX1zV3TBEpsC7+RI")!;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        if (MinisignKey.Parse(Encoding.Latin1.GetString(bytes)) is { } key)
            FaultException.Unless(MinisignKey.Parse(key.Text)!.Id == key.Id, "read again, it is another key");
        if (MinisignSignature.Parse(bytes) is not { } signature)
            return;
        var problem = signature.FindProblem(Key, "a list that nobody signed"u8);
        FaultException.Unless(problem is not null, "the signature is good for what nobody signed");
        FaultException.Unless(problem!.Length <= LongestMessage && !problem.Any(char.IsControl), $"the message is \"{problem}\"");
    }
}
