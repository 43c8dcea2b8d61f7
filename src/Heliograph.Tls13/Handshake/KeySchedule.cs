using System.Security.Cryptography;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Handshake;

/// <summary>The secrets of a handshake without a pre-shared key, one after the other (RFC 8446 section 7.1).</summary>
/// <param name="suite">The cipher suite that was agreed on.</param>
/// <param name="secret">Room for the current secret, which the caller wipes.</param>
internal readonly ref struct KeySchedule(CipherSuite suite, Span<byte> secret)
{
    private readonly Span<byte> secret = secret[..suite.HashLength];

    /// <summary>From the Early Secret, which is always the same without a pre-shared key, to the Handshake Secret.</summary>
    public void EnterHandshake(ReadOnlySpan<byte> shared) => suite.Extract(suite.DerivedEarlySecret, shared, secret);

    /// <summary>From the Handshake Secret to the Main Secret.</summary>
    public void EnterMain()
    {
        Span<byte> derived = stackalloc byte[CipherSuite.LongestHash];
        derived = derived[..suite.HashLength];
        suite.ExpandLabel(secret, "derived"u8, suite.EmptyHash, derived);
        suite.Extract(derived, suite.NoSecret, secret);
        CryptographicOperations.ZeroMemory(derived);
    }

    /// <summary>Derive-Secret from the current secret.</summary>
    public void Derive(ReadOnlySpan<byte> label, ReadOnlySpan<byte> transcript, Span<byte> result) =>
        suite.ExpandLabel(secret, label, transcript, result);
}
