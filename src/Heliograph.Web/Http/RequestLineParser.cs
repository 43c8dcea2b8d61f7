using System.Text;

namespace Heliograph.Web.Http;

/// <summary>Parses the request line as nginx does, one byte at a time (<c>ngx_http_parse_request_line</c>).</summary>
internal sealed class RequestLineParser
{
    private State state;
    private int methodEnd;
    private int hostStart;
    private int hostEnd;
    private int targetStart;
    private int targetEnd;
    private bool hasNoPath;
    private int major;
    private int minor;

    public enum Result { More, Done, Bad, BadVersion }

    private enum State
    {
        Start, Method, SpacesBeforeTarget, Scheme, SchemeSlash, SchemeSlashSlash, HostStart, Host, HostEnd, IpLiteral, Port, Target,
        SpacesAfterTarget, H, HT, HTT, HTTP, FirstMajorDigit, MajorDigit, FirstMinorDigit, MinorDigit, SpacesAfterVersion, AlmostDone,
    }

    /// <summary>Where the method begins: empty lines may come before.</summary>
    public int Start { get; private set; }

    public bool IsAtStart => state == State.Start;

    /// <summary>
    /// Whether the line in which these bytes begin is refused with 400, whatever follows. False for HEAD, which is answered otherwise.
    /// </summary>
    public static bool IsHopeless(ReadOnlySpan<byte> bytes)
    {
        var line = new RequestLineParser();
        for (var i = 0; i < Math.Min(bytes.Length, HeadBufferModel.First); i++)
        {
            var result = line.ParseByte(bytes[i], i);
            if (result != Result.More)
                return result == Result.Bad && !(line.methodEnd > 0 && bytes[line.Start..line.methodEnd].SequenceEqual("HEAD"u8));
        }
        return false;
    }

    public Result ParseByte(byte b, int at)
    {
        switch (state)
        {
            case State.Start:
                Start = at;
                if (b is (byte)'\r' or (byte)'\n')
                    return Result.More;
                return IsMethodByte(b) ? To(State.Method) : Result.Bad;
            case State.Method:
                if (b == ' ')
                {
                    methodEnd = at;
                    return To(State.SpacesBeforeTarget);
                }
                return IsMethodByte(b) ? Result.More : Result.Bad;
            case State.SpacesBeforeTarget:
                if (b == '/')
                {
                    targetStart = at;
                    return To(State.Target);
                }
                if (char.IsAsciiLetter((char)b))
                    return To(State.Scheme);
                return b == ' ' ? Result.More : Result.Bad;
            case State.Scheme:
                if (b == ':')
                    return To(State.SchemeSlash);
                return char.IsAsciiLetterOrDigit((char)b) || b is (byte)'+' or (byte)'-' or (byte)'.' ? Result.More : Result.Bad;
            case State.SchemeSlash:
                return b == '/' ? To(State.SchemeSlashSlash) : Result.Bad;
            case State.SchemeSlashSlash:
                return b == '/' ? To(State.HostStart) : Result.Bad;
            case State.HostStart:
                hostStart = at;
                if (b == '[')
                    return To(State.IpLiteral);
                state = State.Host;
                goto case State.Host;
            case State.Host:
                return char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' ? Result.More : EndHost(b, at);
            case State.HostEnd:
                return EndHost(b, at);
            case State.IpLiteral:
                if (b == ']')
                    return To(State.HostEnd);
                return char.IsAsciiLetterOrDigit((char)b) || ":-._~!$&'()*+,;="u8.Contains(b) ? Result.More : Result.Bad;
            case State.Port:
                return char.IsAsciiDigit((char)b) ? Result.More : AfterHost(b, at);
            case State.Target:
                return ParseTargetByte(b, at);
            case State.SpacesAfterTarget:
                return b switch
                {
                    (byte)' ' => Result.More,
                    (byte)'H' => To(State.H),
                    (byte)'\r' or (byte)'\n' => EndOf09(b),
                    _ => Result.Bad,
                };
            case State.H:
                return b == 'T' ? To(State.HT) : Result.Bad;
            case State.HT:
                return b == 'T' ? To(State.HTT) : Result.Bad;
            case State.HTT:
                return b == 'P' ? To(State.HTTP) : Result.Bad;
            case State.HTTP:
                return b == '/' ? To(State.FirstMajorDigit) : Result.Bad;
            default:
                return ParseVersionByte(b);
        }
    }

    /// <summary>Writes the method into the head, if it was read: even a line that is refused is answered by its method.</summary>
    public void FillMethod(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (methodEnd > 0)
            head.Method = Encoding.Latin1.GetString(bytes[Start..methodEnd]);
    }

    /// <summary>Writes the line into the head once it is done. False if nginx answers it with 400.</summary>
    public bool TryFill(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        FillMethod(head, bytes);
        head.Version = (major * 1000) + minor;
        head.RawTarget = hasNoPath ? "/" : Encoding.Latin1.GetString(bytes[targetStart..targetEnd]);
        if (head.Version < RequestHead.Http10 && !head.IsGet)
            return false;
        if (!RequestTarget.TryParse(head.RawTarget, out var target))
            return false;
        head.Target = target;
        if (hostStart == 0)
            return true;
        var isValid = HostName.TryNormalize(Encoding.Latin1.GetString(bytes[hostStart..hostEnd]), out var host);
        head.Host = host;
        return isValid;
    }

    private Result EndHost(byte b, int at)
    {
        if (b == ':')
        {
            hostEnd = at;
            return To(State.Port);
        }
        return AfterHost(b, at);
    }

    private Result AfterHost(byte b, int at)
    {
        hostEnd = at;
        targetStart = at;
        switch (b)
        {
            case (byte)'/' or (byte)'?':
                return To(State.Target);
            case (byte)' ':
                hasNoPath = true;
                return To(State.SpacesAfterTarget);
            default:
                return Result.Bad;
        }
    }

    private Result ParseTargetByte(byte b, int at)
    {
        targetEnd = at;
        return b switch
        {
            (byte)' ' => To(State.SpacesAfterTarget),
            (byte)'\r' or (byte)'\n' => EndOf09(b),
            < 0x20 or 0x7f => Result.Bad,
            _ => Result.More,
        };
    }

    private Result EndOf09(byte b)
    {
        major = 0;
        minor = RequestHead.Http09;
        return b == '\n' ? Result.Done : To(State.AlmostDone);
    }

    private Result ParseVersionByte(byte b)
    {
        switch (state)
        {
            case State.FirstMajorDigit:
                if (b is < (byte)'1' or > (byte)'9')
                    return Result.Bad;
                major = b - '0';
                return major > 1 ? Result.BadVersion : To(State.MajorDigit);
            case State.MajorDigit:
                if (b == '.')
                    return To(State.FirstMinorDigit);
                return char.IsAsciiDigit((char)b) ? Result.BadVersion : Result.Bad;
            case State.FirstMinorDigit:
                minor = b - '0';
                return char.IsAsciiDigit((char)b) ? To(State.MinorDigit) : Result.Bad;
            case State.MinorDigit when char.IsAsciiDigit((char)b):
                if (minor > 99)
                    return Result.Bad;
                minor = (minor * 10) + (b - '0');
                return Result.More;
            case State.MinorDigit or State.SpacesAfterVersion:
                return b switch
                {
                    (byte)'\n' => Result.Done,
                    (byte)'\r' => To(State.AlmostDone),
                    (byte)' ' => To(State.SpacesAfterVersion),
                    _ => Result.Bad,
                };
            default:
                return b == '\n' ? Result.Done : Result.Bad;
        }
    }

    private Result To(State next)
    {
        state = next;
        return Result.More;
    }

    private static bool IsMethodByte(byte b) => char.IsAsciiLetterUpper((char)b) || b is (byte)'_' or (byte)'-';
}
