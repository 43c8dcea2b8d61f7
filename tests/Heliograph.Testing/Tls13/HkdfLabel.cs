using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Testing.Tls13;

/// <summary>HKDF-Expand-Label of RFC 8446 section 7.1, on .NET's HKDF.</summary>
internal static class HkdfLabel
{
    public static byte[] Expand(HashAlgorithmName hash, byte[] secret, string label, byte[] context, int length)
    {
        var name = Encoding.ASCII.GetBytes("tls13 " + label);
        return HKDF.Expand(
            hash, secret, length, [(byte)(length >> 8), (byte)length, (byte)name.Length, .. name, (byte)context.Length, .. context]);
    }
}
