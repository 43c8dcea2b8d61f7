namespace Heliograph.Sharing;

/// <summary>What <c>heliograph link</c> itself says about a link. Errors stay English, as everywhere.</summary>
internal sealed record LinkTexts
{
    public static LinkTexts English { get; } = new()
    {
        Warning = "warning",
        AnyName = static link => $"{link}, with any NAME",
        OtherPort = static port =>
            "Signal for Android connects to port 443 whatever the link says: " +
            $"forward 443 to port {port}, or the link works on iOS only.",
        IPv6 = "No Signal app accepts an IPv6 address in a link: use a name, or an IPv4 address.",
        IPv4 = "Signal for iOS has been seen to reject an IP address, and the certificate must include it: a name is safer.",
        NoDot = "Signal for iOS accepts no name without a dot.",
        SelfSigned = "certificate.source is self-signed, and no Signal app accepts such a certificate.",
        ForwardPort = "Signal's clients connect to port 443: forward it here",
        TooNarrow = "The terminal is too narrow for the QR code; --png FILE writes it as a picture.",
    };

    /// <summary>Before each warning, with a colon.</summary>
    public required string Warning { get; init; }

    /// <summary>For a wildcard; the link has NAME in it.</summary>
    public required Func<string, string> AnyName { get; init; }

    public required Func<int, string> OtherPort { get; init; }

    public required string IPv6 { get; init; }

    public required string IPv4 { get; init; }

    public required string NoDot { get; init; }

    public required string SelfSigned { get; init; }

    /// <summary>Without a full stop, as it is also a note at the start of the server.</summary>
    public required string ForwardPort { get; init; }

    public required string TooNarrow { get; init; }
}
