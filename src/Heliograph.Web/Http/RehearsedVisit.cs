using Heliograph.Platform;

namespace Heliograph.Web.Http;

/// <summary>
/// A visitor in memory, who says one thing and leaves. Nobody else's first visit then pays for what is done once only: an answer that comes
/// late would be seen.
/// </summary>
/// <param name="says">What the visitor says.</param>
/// <param name="isReceived">Whether it has come before the visitor is served, as it has from the relay.</param>
internal sealed class RehearsedVisit(ReadOnlyMemory<byte> says, bool isReceived = false) : ClientConnection
{
    private readonly List<byte> sent = [];
    private ReadOnlyMemory<byte> left = says;

    /// <summary>A page, one that is not there, and no HTTP at all.</summary>
    public static ReadOnlyMemory<byte> Http1 { get; } =
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /- HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01\r\n\r\n"u8.ToArray();

    /// <summary>The preface, empty SETTINGS, and a request for <c>/</c> with indexed fields and one literal (RFC 7541 section 6).</summary>
    public static ReadOnlyMemory<byte> Http2 { get; } = (byte[])
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a',
    ];

    /// <summary>A Signal client's hello, as far as the site looks at it.</summary>
    public static ReadOnlyMemory<byte> Hello { get; } = "\x16\x03\x01"u8.ToArray();

    /// <summary>What was answered.</summary>
    public IReadOnlyList<byte> Sent => sent;

    public bool WasAnsweredAtOnce { get; private set; }

    public bool IsFinished { get; private set; }

    public override ReadOnlySpan<byte> Received => isReceived ? left.Span : [];

    public override bool TrySend(ReadOnlySpan<byte> bytes)
    {
        WasAnsweredAtOnce = true;
        sent.AddRange(bytes);
        return true;
    }

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
        sent.AddRange(bytes.Span);
        return ValueTask.CompletedTask;
    }

    public override ValueTask FinishSendingAsync()
    {
        IsFinished = true;
        return ValueTask.CompletedTask;
    }
}
