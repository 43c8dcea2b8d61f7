using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>Builds a request from a header block's fields, by nginx's rules; <see cref="RefusedWith"/> is the error, if any.</summary>
internal sealed class Http2RequestBuilder(NginxProfile like)
{
    private string? method;
    private string? scheme;
    private string? path;
    private string? authority;
    private string? host;

    public RequestHead Head { get; } = new(like) { Version = RequestHead.Http2 };

    /// <summary>0 while there is none.</summary>
    public int RefusedWith { get; private set; }

    /// <summary>An older nginx resets such a stream instead of answering it.</summary>
    public bool IsMalformed { get; private set; }

    public void AddField(string name, string value)
    {
        if (!IsValidValue(value) || !IsValidName(name, out var isIgnored))
            RefuseMalformed();
        else if (name[0] == ':')
            AddPseudoField(name, value);
        else if (like.ChecksHttp2Apart && name == "host")
            AddHost(value);
        else if (!isIgnored && !Head.TryAdd(name, value))
            Refuse(NginxStatus.BadRequest);
    }

    /// <summary>Checks the request once the block has ended.</summary>
    public void Finish(bool hasBody)
    {
        if (method is null || scheme is null || path is null)
        {
            Refuse(NginxStatus.BadRequest);
            return;
        }
        var status = like.ChecksHttp2Apart ? CheckApart(hasBody) : Head.Check();
        if (status == 0 && Head.ContentLength > 0 && !hasBody)
            status = NginxStatus.BadRequest;
        if (status != 0)
            Refuse(status);
    }

    // ngx_http_v2_run_request, since 1.28.1: whatever else is wrong comes before a method that is not allowed.
    private int CheckApart(bool hasBody)
    {
        if (authority is not null && host is not null && host != authority)
            return NginxStatus.BadRequest;
        var status = Head.Check(withTransferEncoding: false);
        return status == NginxStatus.NotAllowed && Head.ContentLength > 0 && !hasBody ? NginxStatus.BadRequest : status;
    }

    private void AddHost(string value)
    {
        // The host is that of :authority, if there is one.
        if (host is not null || !(authority is null ? Head.TryAdd("host", value) : HostName.TryNormalize(value, out _)))
            Refuse(NginxStatus.BadRequest);
        host = value;
    }

    private bool TrySetAuthority(string value)
    {
        if (!like.ChecksHttp2Apart)
            return Head.TryAdd("host", value);
        if (authority is not null || !Head.TrySetAuthority(value))
            return false;
        authority = value;
        return true;
    }

    private void AddPseudoField(string name, string value)
    {
        var isValid = name switch
        {
            ":method" => method is null && TrySetMethod(value),
            ":scheme" => scheme is null && TrySetScheme(value),
            ":path" => path is null && TrySetPath(value),
            ":authority" => TrySetAuthority(value),
            _ => false,
        };
        if (!isValid)
            Refuse(NginxStatus.BadRequest);
    }

    private bool TrySetMethod(string value)
    {
        method = value;
        Head.Method = value;
        return value.Length > 0 && value.All(c => char.IsAsciiLetterUpper(c) || c is '_' or '-');
    }

    private bool TrySetScheme(string value)
    {
        scheme = value;
        return value.Length > 0
            && char.IsAsciiLetter(value[0])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.');
    }

    private bool TrySetPath(string value)
    {
        path = value;
        Head.RawTarget = value;
        if (!value.StartsWith('/') || value.Any(c => c is <= ' ' or '\x7f') || !RequestTarget.TryParse(value, out var target))
            return false;
        Head.Target = target;
        return true;
    }

    private void RefuseMalformed()
    {
        if (like.AnswersMalformedFields)
            Refuse(NginxStatus.BadRequest);
        else
            IsMalformed = true;
    }

    private void Refuse(int status) => RefusedWith = status;

    private static bool IsValidValue(string value) => !value.AsSpan().ContainsAny('\0', '\n', '\r');

    private static bool IsValidName(string name, out bool isIgnored)
    {
        isIgnored = false;
        foreach (var c in name.AsSpan(name[0] == ':' ? 1 : 0))
        {
            if (c is (>= 'a' and <= 'z') or '-' or (>= '0' and <= '9'))
                continue;
            if (c is <= ' ' or '\x7f' or ':' or (>= 'A' and <= 'Z'))
                return false;
            isIgnored = true;
        }
        return true;
    }
}
