namespace Heliograph.Tls13.Hello;

/// <summary>The data of the server_name extension (RFC 6066 section 3).</summary>
internal static class ServerNameList
{
    private const byte HostNameType = 0;

    /// <summary>Takes the one host name. Other types of names were never defined, and OpenSSL refuses them as well.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> hostName)
    {
        hostName = default;
        var extension = new PartialReader(data, data.Length);
        if (!extension.TryReadVector16(1, out var list) || extension.Remaining > 0)
            return false;

        var names = new PartialReader(list, list.Length);
        return names.TryReadByte(out var type)
            && type == HostNameType
            && names.TryReadVector16(1, out hostName)
            && names.Remaining == 0
            && HostName.IsValid(hostName);
    }
}
