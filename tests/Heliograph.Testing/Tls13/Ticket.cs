using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Heliograph.Testing.Tls13;

/// <summary>A session that a server offers to resume.</summary>
/// <param name="Identity">The ticket.</param>
/// <param name="AgeAdd">The value that obscures its age.</param>
/// <param name="Psk">Its key.</param>
/// <param name="Hash">The hash that the key belongs to.</param>
public sealed record Ticket(byte[] Identity, uint AgeAdd, byte[] Psk, HashAlgorithmName Hash)
{
    internal static Ticket Read(byte[] message, byte[] resumptionSecret, KeySchedule schedule, HashAlgorithmName hash)
    {
        var nonce = message[13..(13 + message[12])];
        var at = 13 + nonce.Length;
        var length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
        return new(message[(at + 2)..(at + 2 + length)], BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(8)),
            schedule.Expand(resumptionSecret, "resumption", nonce), hash);
    }
}
