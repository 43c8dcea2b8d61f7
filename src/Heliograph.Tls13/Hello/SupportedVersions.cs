using System.Buffers.Binary;

namespace Heliograph.Tls13.Hello;

/// <summary>The data of the supported_versions extension (RFC 8446 section 4.2.1).</summary>
internal static class SupportedVersions
{
    public static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> versions)
    {
        var extension = new PartialReader(data, data.Length);
        return extension.TryReadVector8(2, 254, out versions) && versions.Length % 2 == 0 && extension.Remaining == 0;
    }

    /// <summary>The versions without GREASE. Clients list them in order of preference, which need not be theirs.</summary>
    public static ushort[] HighestFirst(ReadOnlySpan<byte> validVersions)
    {
        Span<ushort> versions = stackalloc ushort[validVersions.Length / 2];
        var count = 0;
        for (; !validVersions.IsEmpty; validVersions = validVersions[2..])
        {
            var version = BinaryPrimitives.ReadUInt16BigEndian(validVersions);
            if (!IsGrease(version))
                versions[count++] = version;
        }

        versions = versions[..count];
        versions.Sort();
        versions.Reverse();
        return versions.ToArray();
    }

    /// <summary>0x0a0a, 0x1a1a, ... 0xfafa (RFC 8701 section 2).</summary>
    private static bool IsGrease(ushort value) => (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}
