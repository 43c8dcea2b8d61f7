namespace Heliograph.Platform.Pem;

/// <summary>One block of a PEM text.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Line">The line of its <c>-----BEGIN</c>, from 1.</param>
/// <param name="Label">Such as <c>CERTIFICATE</c>.</param>
/// <param name="Data">What its base64 encodes.</param>
/// <param name="IsEncrypted">Whether its header says that a passphrase protects it (RFC 1421 section 4.6.1.1).</param>
public sealed record PemBlock(int Number, int Line, string Label, ReadOnlyMemory<byte> Data, bool IsEncrypted);

/// <summary>Why a PEM text cannot be used.</summary>
/// <param name="Block">The number of the block, from 1.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Reason">What is wrong, and what to do.</param>
public sealed record PemProblem(int Block, int Line, string Reason)
{
    /// <summary>For a person.</summary>
    public override string ToString() => $"block {Block}, line {Line}: {Reason}";
}

/// <summary>What a PEM text holds.</summary>
/// <param name="Blocks">In their order; those before the problem, if there is one.</param>
/// <param name="Problem">The first problem; null: everything was read.</param>
public sealed record PemText(IReadOnlyList<PemBlock> Blocks, PemProblem? Problem)
{
    /// <summary>What it holds, for a person who expected something else: "PKCS7, PRIVATE KEY"; null: no block.</summary>
    public string? Describe() =>
        Blocks.Count == 0 ? null : string.Join(", ", Blocks.Select(static block => block.Label).Distinct(StringComparer.Ordinal).Take(4));
}
