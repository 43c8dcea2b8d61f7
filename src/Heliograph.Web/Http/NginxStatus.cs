namespace Heliograph.Web.Http;

/// <summary>The statuses nginx answers with; the two above 490 are internal and sent as 400 with their own pages.</summary>
internal static class NginxStatus
{
    public const int Ok = 200;
    public const int PartialContent = 206;
    public const int MovedPermanently = 301;
    public const int NotModified = 304;
    public const int BadRequest = 400;
    public const int Forbidden = 403;
    public const int NotFound = 404;
    public const int NotAllowed = 405;
    public const int PreconditionFailed = 412;
    public const int RequestEntityTooLarge = 413;
    public const int UriTooLarge = 414;
    public const int RangeNotSatisfiable = 416;
    public const int Misdirected = 421;
    public const int RequestHeaderTooLarge = 494;
    public const int PlainHttpToHttps = 497;
    public const int InternalServerError = 500;
    public const int NotImplemented = 501;
    public const int BadGateway = 502;
    public const int ServiceUnavailable = 503;
    public const int VersionNotSupported = 505;

    /// <summary>The status sent for one of nginx's internal statuses.</summary>
    public static int OnTheWire(int status) => status is RequestHeaderTooLarge or PlainHttpToHttps ? BadRequest : status;

    /// <summary>Code and reason as in nginx's status line and in the title of its pages.</summary>
    public static string Line(int status) => OnTheWire(status) switch
    {
        Ok => "200 OK",
        PartialContent => "206 Partial Content",
        MovedPermanently => "301 Moved Permanently",
        NotModified => "304 Not Modified",
        BadRequest => "400 Bad Request",
        Forbidden => "403 Forbidden",
        NotFound => "404 Not Found",
        NotAllowed => "405 Not Allowed",
        PreconditionFailed => "412 Precondition Failed",
        RequestEntityTooLarge => "413 Request Entity Too Large",
        UriTooLarge => "414 Request-URI Too Large",
        RangeNotSatisfiable => "416 Requested Range Not Satisfiable",
        Misdirected => "421 Misdirected Request",
        InternalServerError => "500 Internal Server Error",
        NotImplemented => "501 Not Implemented",
        BadGateway => "502 Bad Gateway",
        ServiceUnavailable => "503 Service Temporarily Unavailable",
        VersionNotSupported => "505 HTTP Version Not Supported",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "nginx's line for this status is not written down here."),
    };
}
