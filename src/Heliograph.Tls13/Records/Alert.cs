namespace Heliograph.Tls13.Records;

/// <summary>The alerts that we send or look for, by their number on the wire (RFC 8446 section 6).</summary>
public enum Alert
{
    CloseNotify = 0,
    UnexpectedMessage = 10,
    BadRecordMac = 20,
    RecordOverflow = 22,
    IllegalParameter = 47,
    DecodeError = 50,
    DecryptError = 51,
    ProtocolVersion = 70,
    UserCanceled = 90,
}
