using System.Security.Cryptography;

namespace Heliograph.Relay.Relaying;

/// <summary>
/// How long the first record to a relayed client is made. What Signal's host sends first is its half of a TLS handshake, whose length, 1.2
/// to 5 KB, tells an observer that there is TLS within TLS (USENIX Security 2024, "Fingerprinting Obfuscated Proxy Traffic with
/// Encapsulated TLS Handshakes").
/// </summary>
/// <remarks>
/// Padded to 5.5 to 6.2 KB it is found by OpenGFW's rule, which looks for 3,000 to 7,500 bytes: worse than not padded. Above 13 KB it and
/// the session tickets before it no longer fit into the ten segments that a new connection may send at once (RFC 6928).
/// </remarks>
internal static class FirstFlight
{
    public const int Shortest = 9_500, Longest = 12_800;

    /// <summary>
    /// The length of a record, with its header. It differs from connection to connection, so that it is no mark of its own.
    /// </summary>
    public static int ChooseLength() => RandomNumberGenerator.GetInt32(Shortest, Longest + 1);
}
