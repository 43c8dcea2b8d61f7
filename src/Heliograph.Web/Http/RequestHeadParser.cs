using System.Text;

namespace Heliograph.Web.Http;

internal enum HeadOutcome
{
    NeedMore,
    Complete,
    Refused,
}

/// <summary>
/// Reads an HTTP/1 request head as nginx does: byte by byte, rejecting it at the first invalid byte (a visitor who sends
/// half a ClientHello gets nginx's answer at once, not after a wait). No I/O, never throws; each call gets the whole head so far
/// and continues where the last one stopped.
/// </summary>
internal sealed class RequestHeadParser(NginxProfile like)
{
    private readonly HeadBufferModel buffers = new();
    private readonly RequestLineParser line = new();
    private bool inFields;
    private int position;
    private int fields;
    private int fieldStart;
    private int nameEnd;
    private int valueStart;
    private int valueEnd;
    private bool isFieldIgnored;
    private FieldState state;

    private enum FieldState { Start, Name, SpaceBeforeValue, Value, SpaceAfterValue, AlmostDone, HeadAlmostDone }

    // max_headers, which the security updates of 2026 added: Debian's to 1.22 and 1.26, Ubuntu's (USN-8398) to 1.24 and 1.28.
    private const int MostFields = 1000;

    /// <summary>The longest possible head: nginx's first buffer and its four large ones.</summary>
    public const int LongestHead = HeadBufferModel.First + (HeadBufferModel.LargeCount * HeadBufferModel.Large);

    public RequestHead Head { get; } = new(like);

    /// <summary>The head's length in bytes, once it is complete.</summary>
    public int Consumed => position;

    /// <summary>The head was read to its end, whether rejected or not: the body follows.</summary>
    public bool IsHeadRead { get; private set; }

    /// <summary>The answer to a rejected head.</summary>
    public int RefusedWith { get; private set; }

    public HeadOutcome Parse(ReadOnlySpan<byte> bytes)
    {
        while (position < bytes.Length)
        {
            var outcome = inFields ? ParseFieldByte(bytes) : ParseLineByte(bytes);
            if (outcome != HeadOutcome.NeedMore)
                return outcome;
            var isBetweenLines = inFields ? state == FieldState.Start : line.IsAtStart;
            var lineLength = position - (inFields ? fieldStart : line.Start);
            if (!buffers.TryAddLine(isBetweenLines, lineLength, inRequestLine: !inFields))
                return Refuse(bytes, inFields ? NginxStatus.RequestHeaderTooLarge : NginxStatus.UriTooLarge);
        }
        return HeadOutcome.NeedMore;
    }

    private HeadOutcome ParseLineByte(ReadOnlySpan<byte> bytes)
    {
        var result = line.ParseByte(bytes[position], position);
        position++;
        if (result == RequestLineParser.Result.More)
            return HeadOutcome.NeedMore;
        if (result == RequestLineParser.Result.BadVersion)
            return Refuse(bytes, NginxStatus.VersionNotSupported);
        if (result == RequestLineParser.Result.Bad || !line.TryFill(Head, bytes))
            return Refuse(bytes, NginxStatus.BadRequest);
        inFields = true;
        fieldStart = position;
        // HTTP/0.9 has no fields: the line is the request.
        return Head.Version < RequestHead.Http10 ? HeadOutcome.Complete : HeadOutcome.NeedMore;
    }

    private HeadOutcome ParseFieldByte(ReadOnlySpan<byte> bytes)
    {
        var at = position++;
        var b = bytes[at];
        switch (state)
        {
            case FieldState.Start:
                fieldStart = at;
                isFieldIgnored = false;
                if (b == '\r')
                    state = FieldState.HeadAlmostDone;
                else if (b == '\n')
                    return Finish(bytes);
                else if (b is <= 0x20 or 0x7f or (byte)':')
                    return Refuse(bytes, NginxStatus.BadRequest);
                else
                {
                    isFieldIgnored = !IsNameByte(b);
                    state = FieldState.Name;
                }
                return HeadOutcome.NeedMore;
            case FieldState.Name:
                if (b is (byte)':' or (byte)'\r' or (byte)'\n')
                {
                    nameEnd = valueStart = valueEnd = at;
                    state = b == ':' ? FieldState.SpaceBeforeValue : FieldState.AlmostDone;
                    return b == '\n' ? EndField(bytes) : HeadOutcome.NeedMore;
                }
                if (b is <= 0x20 or 0x7f)
                    return Refuse(bytes, NginxStatus.BadRequest);
                isFieldIgnored |= !IsNameByte(b);
                return HeadOutcome.NeedMore;
            case FieldState.SpaceBeforeValue or FieldState.Value or FieldState.SpaceAfterValue:
                return ParseValueByte(bytes, at, b);
            case FieldState.AlmostDone:
                if (b == '\n')
                    return EndField(bytes);
                return b == '\r' ? HeadOutcome.NeedMore : Refuse(bytes, NginxStatus.BadRequest);
            default:
                return b == '\n' ? Finish(bytes) : Refuse(bytes, NginxStatus.BadRequest);
        }
    }

    private HeadOutcome ParseValueByte(ReadOnlySpan<byte> bytes, int at, byte b)
    {
        var isBefore = state == FieldState.SpaceBeforeValue;
        switch (b)
        {
            // A tab belongs to the value, unlike in RFC 9110, 5.6.3.
            case (byte)' ':
                if (state == FieldState.Value)
                {
                    valueEnd = at;
                    state = FieldState.SpaceAfterValue;
                }
                return HeadOutcome.NeedMore;
            case (byte)'\r' or (byte)'\n':
                if (isBefore)
                    valueStart = at;
                if (state != FieldState.SpaceAfterValue)
                    valueEnd = at;
                state = FieldState.AlmostDone;
                return b == '\n' ? EndField(bytes) : HeadOutcome.NeedMore;
            case 0:
                return Refuse(bytes, NginxStatus.BadRequest);
            default:
                if (isBefore)
                    valueStart = at;
                state = FieldState.Value;
                return HeadOutcome.NeedMore;
        }
    }

    private HeadOutcome EndField(ReadOnlySpan<byte> bytes)
    {
        state = FieldState.Start;
        if (isFieldIgnored)
            return HeadOutcome.NeedMore;
        if (++fields > MostFields)
            return Refuse(bytes, NginxStatus.RequestHeaderTooLarge);
        var name = Encoding.Latin1.GetString(bytes[fieldStart..nameEnd]).ToLowerInvariant();
        var value = Encoding.Latin1.GetString(bytes[valueStart..valueEnd]);
        return Head.TryAdd(name, value) ? HeadOutcome.NeedMore : Refuse(bytes, NginxStatus.BadRequest);
    }

    private HeadOutcome Finish(ReadOnlySpan<byte> bytes)
    {
        IsHeadRead = true;
        var status = Head.Check();
        return status == 0 ? HeadOutcome.Complete : Refuse(bytes, status);
    }

    private HeadOutcome Refuse(ReadOnlySpan<byte> bytes, int status)
    {
        line.FillMethod(Head, bytes);
        RefusedWith = status;
        return HeadOutcome.Refused;
    }

    // Underscores and other bytes in a name make nginx ignore the field (underscores_in_headers off, ignore_invalid_headers on).
    private static bool IsNameByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == '-';
}
