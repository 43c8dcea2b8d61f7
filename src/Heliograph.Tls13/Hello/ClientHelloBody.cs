namespace Heliograph.Tls13.Hello;

/// <summary>The fields of a ClientHello and its extensions (RFC 8446 section 4.1.2).</summary>
internal static class ClientHelloBody
{
    private const int RandomLength = 32;
    private const int LongestSessionId = 32;

    /// <summary>Version, random, empty session id, one cipher suite, one compression method.</summary>
    private const int ShortestBody = 2 + RandomLength + 1 + 2 + 2 + 1 + 1;

    /// <param name="here">The bytes of the body that have come.</param>
    /// <param name="length">How long the body is said to be.</param>
    /// <param name="hello">What the body says, when it is whole and well-formed.</param>
    public static HelloStatus Read(ReadOnlySpan<byte> here, int length, out ClientHello? hello)
    {
        hello = null;
        if (length < ShortestBody)
            return HelloStatus.NotAClientHello;

        var body = new PartialReader(here, length);
        if (!body.TryReadUInt16(out var legacyVersion))
            return body.Failure;
        if (legacyVersion >> 8 != 3)
            return HelloStatus.NotAClientHello;

        if (!body.TryRead(RandomLength, out _)
            || !body.TryReadVector8(0, LongestSessionId, out _)
            || !body.TryReadUInt16(out var cipherSuites))
            return body.Failure;
        if (cipherSuites == 0 || cipherSuites % 2 != 0)
            return HelloStatus.NotAClientHello;

        if (!body.TryRead(cipherSuites, out _) || !body.TryReadVector8(1, byte.MaxValue, out _))
            return body.Failure;

        var extensions = new HelloExtensions();
        if (body.Remaining > 0)
        {
            var status = extensions.Read(ref body);
            if (status != HelloStatus.Hello)
                return status;
        }

        hello = new ClientHello
        {
            ServerName = extensions.ServerName.IsEmpty ? null : HostName.ToLower(extensions.ServerName),
            ApplicationProtocols = ProtocolNameList.ToStrings(extensions.ProtocolNames),
            Versions = extensions.Versions.IsEmpty ? [legacyVersion] : SupportedVersions.HighestFirst(extensions.Versions),
        };
        return HelloStatus.Hello;
    }
}
