namespace Heliograph.Tls13.Hello;

/// <summary>The extensions of a ClientHello: each looked at once, three of them read (RFC 8446 section 4.2).</summary>
internal ref struct HelloExtensions
{
    private const ushort ServerNameType = 0;
    private const ushort AlpnType = 16;
    private const ushort SupportedVersionsType = 43;

    /// <summary>The host name, checked; empty where there is none.</summary>
    public ReadOnlySpan<byte> ServerName;

    /// <summary>The ProtocolNameList's entries, checked; empty where there are none.</summary>
    public ReadOnlySpan<byte> ProtocolNames;

    /// <summary>The versions of supported_versions, two bytes each; empty where there are none.</summary>
    public ReadOnlySpan<byte> Versions;

    /// <summary>
    /// Reads the block, which ends where the body ends. Answers <see cref="HelloStatus.Hello"/> when all of it is here and well-formed.
    /// </summary>
    public HelloStatus Read(ref PartialReader body)
    {
        if (!body.TryReadUInt16(out var length))
            return body.Failure;
        if (length != body.Remaining)
            return HelloStatus.NotAClientHello;

        var seen = new ExtensionTypes(stackalloc ushort[ExtensionTypes.MostHigh]);
        while (body.Remaining > 0)
        {
            if (!body.TryReadUInt16(out var type))
                return body.Failure;
            if (!seen.TryAdd(type))
                return HelloStatus.NotAClientHello;
            if (!body.TryReadVector16(0, out var data))
                return body.Failure;
            if (!TryReadData(type, data))
                return HelloStatus.NotAClientHello;
        }

        return HelloStatus.Hello;
    }

    private bool TryReadData(ushort type, ReadOnlySpan<byte> data) => type switch
    {
        ServerNameType => ServerNameList.TryRead(data, out ServerName),
        AlpnType => ProtocolNameList.TryRead(data, out ProtocolNames),
        SupportedVersionsType => SupportedVersions.TryRead(data, out Versions),
        _ => true,
    };
}
