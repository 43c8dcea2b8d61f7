namespace Heliograph.Web.Http2;

/// <summary>The error codes (RFC 9113, 7) that nginx sends.</summary>
internal enum Http2Error
{
    /// <summary>No error, and the connection continues; NO_ERROR on the wire is <see cref="NoError"/>, which ends a connection.</summary>
    None = -1,
    NoError = 0x0,
    Protocol = 0x1,
    Internal = 0x2,
    FlowControl = 0x3,
    StreamClosed = 0x5,
    FrameSize = 0x6,
    RefusedStream = 0x7,
    Compression = 0x9,
    EnhanceYourCalm = 0xb,
}
