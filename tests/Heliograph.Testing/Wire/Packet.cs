namespace Heliograph.Testing.Wire;

/// <summary>A TCP segment with a payload, as an observer between client and server sees it.</summary>
/// <param name="IsUp">Whether the client sent it.</param>
/// <param name="Payload">What it carries.</param>
public readonly record struct Packet(bool IsUp, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The payload of a full segment where the path carries 1,500 bytes and TCP has timestamps.</summary>
    public const int Largest = 1448;

    private static readonly byte[] ChangeCipherSpec = [20, 3, 3, 0, 1, 1];

    public int Length => Payload.Length;

    /// <summary>Whether it begins with the ChangeCipherSpec after which everything of this side is encrypted.</summary>
    public bool BeginsWithChangeCipherSpec => Payload.Span.StartsWith(ChangeCipherSpec);
}
