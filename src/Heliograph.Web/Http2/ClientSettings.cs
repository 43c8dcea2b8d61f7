using System.Buffers.Binary;

namespace Heliograph.Web.Http2;

/// <summary>What the client's SETTINGS say (RFC 9113, 6.5.2), as far as nginx heeds them.</summary>
internal sealed class ClientSettings
{
    /// <summary>How many bytes may be sent on a new stream.</summary>
    public int InitialWindow { get; private set; } = Http2Limits.DefaultWindow;

    /// <summary>How many bytes the payload of a frame may have.</summary>
    public int FrameSize { get; private set; } = Http2Limits.DefaultFrame;

    /// <summary>The client has named a table size, and the next header block has to say which one is used (RFC 7541, 4.2).</summary>
    public bool AwaitsTableSize { get; set; }

    /// <summary>Takes a SETTINGS frame, or a part of one.</summary>
    /// <param name="frame">Its payload holds whole settings.</param>
    /// <param name="windowChange">By how much the window of every stream changes with the end of the frame.</param>
    public Http2Error Take(Frame frame, out long windowChange)
    {
        windowChange = 0;
        var window = InitialWindow;
        for (var rest = frame.Payload; !rest.IsEmpty; rest = rest[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(rest[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(rest))
            {
                case 1:
                    AwaitsTableSize = true;
                    break;
                case 2 when value > 1:
                    return Http2Error.Protocol;
                case 4 when value > Http2Limits.LargestWindow:
                    return Http2Error.FlowControl;
                case 4:
                    window = (int)value;
                    break;
                case 5 when value is < Http2Limits.DefaultFrame or > Http2Limits.LargestFrame:
                    return Http2Error.Protocol;
                case 5:
                    FrameSize = (int)value;
                    break;
            }
        }
        // A window that came in an earlier part of the frame is forgotten, by nginx too.
        if (!frame.IsEnd)
            return Http2Error.None;
        windowChange = window - (long)InitialWindow;
        InitialWindow = window;
        return Http2Error.None;
    }
}
