using System.Buffers.Binary;
using System.Text;

namespace Heliograph.Testing.Fingerprints;

/// <summary>The pieces that a hello is made of (RFC 8446 sections 3 and 4.2).</summary>
public static class HelloBytes
{
    public static byte[] UInt16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    /// <summary>Each number in two bytes, one after the other.</summary>
    public static byte[] UInt16s(IEnumerable<ushort> values) => [.. values.SelectMany(value => UInt16(value))];

    public static byte[] Vector8(ReadOnlySpan<byte> value) => [(byte)value.Length, .. value];

    public static byte[] Vector16(ReadOnlySpan<byte> value) => [.. UInt16(value.Length), .. value];

    public static byte[] Extension(int type, params ReadOnlySpan<byte> data) => [.. UInt16(type), .. Vector16(data)];

    public static byte[] ServerName(string name) => Extension(0, Vector16(HostName(name)));

    /// <summary>One entry of a server_name list.</summary>
    public static byte[] HostName(string name, byte type = 0) => [type, .. Vector16(Encoding.Latin1.GetBytes(name))];

    public static byte[] Alpn(params IEnumerable<string> protocols) =>
        Extension(16, Vector16([.. protocols.SelectMany(protocol => Vector8(Encoding.Latin1.GetBytes(protocol)))]));

    public static byte[] SupportedVersions(params IEnumerable<ushort> versions) => Extension(43, Vector8(UInt16s(versions)));
}
