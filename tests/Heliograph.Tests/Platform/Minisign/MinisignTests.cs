using System.Text;
using Heliograph.Platform.Minisign;

namespace Heliograph.Tests.Platform.Minisign;

/// <summary>Files that minisign 0.11 wrote.</summary>
public sealed class MinisignTests
{
    private const string Key = "RWREgKsbtVZcsN1uGJDej0LehAbG8HRSF1uq4crvdX1zV3TBEpsC7+RI";

    private const string Hashed = """
        untrusted comment: signature from minisign secret key
        RUREgKsbtVZcsMz2lbdtA5lfrUbY+tPAJuIXdoV4WkpdpvlmRQemFCQzXCwNOat8W5ruP/oP3A7V2rNzYK9/yWZ//hXLEaM71Aw=
        trusted comment: trusted é
        FePoI/rf4AUSXh9uL9Bkw4sOoZ8llvVqRIO44neT2eeCgeKHUATp8gYI0WJwbCacy5VdWwXNTJP+QAhBvNtnDg==

        """;

    private const string Legacy = """
        untrusted comment: signature from minisign secret key
        RWREgKsbtVZcsDwaQxWhVzCWe+iAMMWHw4WZKMVoc7BN1btMiZpjlf+tADGR3l+YkaA6aJCCBYajn5cThPjsL1gw1IzMEbuxGQc=
        trusted comment: old
        vlj64LsmfR6E9c7rbBOWeX+OvOd23mPoizUpWxFRWfxqDk3SDBPVsnFH9nugALh9DYL3+NS6X7jnKx224QaeAQ==

        """;

    private static readonly byte[] Signed = Encoding.UTF8.GetBytes("a list");

    [Theory]
    [InlineData(Hashed)]
    [InlineData(Legacy)]
    public void Both_kinds_of_signatures_are_good_with_either_line_end(string signature)
    {
        Assert.Null(FindProblem(signature));
        Assert.Null(FindProblem(signature.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal("B05C56B51BAB8044", MinisignKey.Parse(Key)!.Id);
    }

    [Theory]
    [InlineData(Hashed)]
    [InlineData(Legacy)]
    public void Another_byte_anywhere_in_the_file_is_found(string signature)
    {
        for (var i = 0; i < Signed.Length; i++)
        {
            var other = Signed.ToArray();
            other[i] ^= 1;
            Assert.Equal("does not fit the list, which was changed or cut short after it was signed", FindProblem(signature, other));
        }
        Assert.NotNull(FindProblem(signature, Signed[..^1]));
        Assert.NotNull(FindProblem(signature, []));
    }

    [Fact]
    public void A_trusted_comment_that_was_changed_is_found() => Assert.Equal(
        "has a trusted comment that was changed", FindProblem(Hashed.Replace("trusted é", "trusted e", StringComparison.Ordinal)));

    [Fact]
    public void The_signature_of_another_key_is_found()
    {
        // The same key of Ed25519 under another name.
        var bytes = Convert.FromBase64String(Key);
        bytes[2] ^= 1;
        var other = MinisignKey.Parse(Convert.ToBase64String(bytes))!;
        Assert.Equal(
            "is of another key (B05C56B51BAB8044; expected: B05C56B51BAB8045)",
            MinisignSignature.Parse(Encoding.UTF8.GetBytes(Hashed))!.FindProblem(other, Signed));
        bytes[2] ^= 1;
        bytes[^1] ^= 1;
        other = MinisignKey.Parse(Convert.ToBase64String(bytes))!;
        Assert.NotNull(MinisignSignature.Parse(Encoding.UTF8.GetBytes(Hashed))!.FindProblem(other, Signed));
    }

    [Fact]
    public void A_signature_that_is_cut_short_or_changed_anywhere_is_never_good()
    {
        var bytes = Encoding.UTF8.GetBytes(Hashed);
        // The line end at the end says nothing.
        for (var length = 0; length < bytes.Length - 1; length++)
            Assert.NotNull(FindProblem(bytes[..length]));
        var comment = Encoding.UTF8.GetByteCount(Hashed.Split('\n')[0]);
        for (var i = comment + 1; i < bytes.Length; i++)
        {
            var other = bytes.ToArray();
            other[i] ^= 2;
            Assert.NotNull(FindProblem(other));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("RWREgKsbtVZcsN1uGJDej0LehAbG8HRSF1uq4crvdX1zV3TBEpsC7+R")]
    [InlineData("RUREgKsbtVZcsN1uGJDej0LehAbG8HRSF1uq4crvdX1zV3TBEpsC7+RI")]
    [InlineData("untrusted comment: minisign public key B05C56B51BAB8044")]
    public void What_is_no_public_key_is_refused(string text) => Assert.Null(MinisignKey.Parse(text));

    private static string? FindProblem(string signature) => FindProblem(signature, Signed);

    private static string? FindProblem(string signature, byte[] file) =>
        MinisignSignature.Parse(Encoding.UTF8.GetBytes(signature))!.FindProblem(MinisignKey.Parse(Key)!, file);

    private static string? FindProblem(byte[] signature) => MinisignSignature.Parse(signature) is { } parsed
        ? parsed.FindProblem(MinisignKey.Parse(Key)!, Signed)
        : "is none";
}
