namespace Heliograph.Web.Http2;

/// <summary>Error codes (RFC 9113, 7), as far as nginx sends them.</summary>
internal enum Http2Error
{
    /// <summary>Nothing is wrong; on the wire NO_ERROR is <see cref="NoError"/>, which ends a connection all the same.</summary>
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
