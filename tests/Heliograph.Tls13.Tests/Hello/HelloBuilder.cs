using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>Builds a ClientHello field by field, wrong ones included: whatever a test sets is sent as it is.</summary>
internal sealed record HelloBuilder
{
    public byte ContentType { get; init; } = 22;

    public ushort RecordVersion { get; init; } = 0x0301;

    public byte HandshakeType { get; init; } = 1;

    public ushort LegacyVersion { get; init; } = 0x0303;

    public byte[] SessionId { get; init; } = new byte[32];

    public byte[] CipherSuites { get; init; } = [0x13, 0x01, 0x13, 0x02];

    public byte[] CompressionMethods { get; init; } = [0];

    /// <summary>The extensions with their headers; null for a hello without the block.</summary>
    public byte[]? Extensions { get; init; } = ServerName("chat.signal.org");

    /// <summary>Bytes of the body after the extensions.</summary>
    public byte[] AfterExtensions { get; init; } = [];

    /// <summary>What is added to the length that the handshake message gives.</summary>
    public int MessageLengthLie { get; init; }

    /// <summary>What is added to the length that the extension block gives.</summary>
    public int ExtensionsLengthLie { get; init; }

    /// <summary>The handshake message, without a record.</summary>
    public byte[] Message()
    {
        byte[] body =
        [
            .. UInt16(LegacyVersion), .. new byte[32], .. Vector8(SessionId), .. Vector16(CipherSuites), .. Vector8(CompressionMethods),
            .. Extensions is null ? [] : UInt16(Extensions.Length + ExtensionsLengthLie), .. Extensions ?? [], .. AfterExtensions,
        ];
        var length = body.Length + MessageLengthLie;
        return [HandshakeType, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. body];
    }

    public byte[] Build() => Record(Message());

    public byte[] Record(ReadOnlySpan<byte> fragment) => [ContentType, .. UInt16(RecordVersion), .. UInt16(fragment.Length), .. fragment];
}
