using Heliograph.Platform;

namespace Heliograph.Web.Http;

/// <summary>
/// A visitor in memory, who says one thing and leaves. Nobody else's first visit then pays for what is done once only: an answer that comes
/// late would be seen.
/// </summary>
internal sealed class RehearsedVisit(ReadOnlyMemory<byte> says) : ClientConnection
{
    private ReadOnlyMemory<byte> left = says;

    /// <summary>A page, one that is not there, and no HTTP at all.</summary>
    public static ReadOnlyMemory<byte> Http1 { get; } =
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /- HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01\r\n\r\n"u8.ToArray();

    /// <summary>The preface, empty SETTINGS, and a request for <c>/</c> with indexed fields and one literal (RFC 7541 section 6).</summary>
    public static ReadOnlyMemory<byte> Http2 { get; } = (byte[])
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a',
    ];

    /// <summary>What was answered.</summary>
    public int Answered { get; private set; }

    public override ValueTask<bool> HasUnreadAsync() => new(!left.IsEmpty);

    public override ValueTask WaitReadableAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var count = Math.Min(into.Length, left.Length);
        left[..count].CopyTo(into);
        left = left[count..];
        return new(count);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Answered += bytes.Length;
        return ValueTask.CompletedTask;
    }

    public override ValueTask FinishSendingAsync() => ValueTask.CompletedTask;
}
