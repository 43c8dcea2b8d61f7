namespace Heliograph.Tls13.Records;

/// <summary>What a record carries (RFC 8446 section 5.1).</summary>
internal enum ContentType : byte
{
    /// <summary>A record of padding alone: no peer may send one.</summary>
    None = 0,

    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
}
