namespace Heliograph.Relay.OuterTls;

/// <summary>The alerts that we send or look for (RFC 8446 section 6).</summary>
internal enum Alert : byte
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
