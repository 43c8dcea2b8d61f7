using System.Net.Sockets;
using System.Security.Authentication;

namespace Heliograph.Checking;

/// <summary>Why a connection or a handshake failed.</summary>
/// <param name="Outcome">One word, for scripts.</param>
/// <param name="Seen">For a person.</param>
internal sealed record Trouble(string Outcome, string Seen)
{
    public const string Refused = "refused";
    public const string NoAnswer = "no_answer";
    public const string NoRoute = "no_route";
    public const string Reset = "reset";
    public const string Closed = "closed";
    public const string Alert = "alert";
    public const string NotTls = "not_tls";
    public const string WebAnswer = "web_answer";
    public const string TlsFailed = "tls_failed";
    public const string Failed = "failed";

    private const int AlertLength = 7;

    /// <summary>Whether the network or the server caused an exception, and not a bug in this program.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is SocketException or IOException or AuthenticationException or TimeoutException;

    /// <summary>For a failed connection.</summary>
    public static Trouble FromConnect(Exception exception, CheckClock clock) =>
        exception switch
        {
            TimeoutException => new(NoAnswer, $"no answer {clock.Bound}"),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new(Refused, "refused: nothing listens there"),
            SocketException { SocketErrorCode: SocketError.TimedOut } => new(NoAnswer, "no answer"),
            SocketException
            {
                SocketErrorCode: SocketError.NetworkUnreachable
                    or SocketError.HostUnreachable
                    or SocketError.AddressFamilyNotSupported
                    or SocketError.AddressNotAvailable
                    or SocketError.NetworkDown
            } => new(NoRoute, "no route to this address from here"),
            _ => new(Failed, Untrusted.Line(exception.Message)),
        };

    /// <summary>For a failed handshake.</summary>
    /// <param name="exception">How it failed.</param>
    /// <param name="answer">The first bytes received.</param>
    /// <param name="clock">The clock that bounded it.</param>
    public static Trouble FromHandshake(Exception exception, ReadOnlySpan<byte> answer, CheckClock clock)
    {
        if (answer.StartsWith("HTTP/1."u8))
            return new(WebAnswer, $"a web server's {HttpAnswer.Read(answer)?.Described ?? "answer"}");
        if (answer is [0x15, 0x03, _, 0, 2, _, var description, ..] && answer.Length >= AlertLength)
            return new(Alert, $"refused with a TLS alert ({AlertName(description)})");
        if (answer is [not (0x14 or 0x15 or 0x16), ..])
            return new(NotTls, $"the answer is not TLS: \"{Untrusted.Line(answer, 24)}\"");
        if (exception is TimeoutException)
            return new(NoAnswer, $"no answer {clock.Bound}");
        if (exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionReset })
            return new(Reset, "reset");
        return answer.IsEmpty && exception is IOException or AuthenticationException { InnerException: IOException }
            ? new(Closed, "closed without an answer")
            : new(TlsFailed, $"the handshake failed: {Untrusted.Line((exception.InnerException ?? exception).Message)}");
    }

    /// <summary>RFC 8446 section 6.</summary>
    private static string AlertName(byte description) => description switch
    {
        0 => "close_notify",
        40 => "handshake_failure",
        47 => "illegal_parameter",
        49 => "access_denied",
        70 => "protocol_version",
        80 => "internal_error",
        112 => "unrecognized_name",
        120 => "no_application_protocol",
        _ => $"number {description}",
    };
}
