using System.Globalization;
using System.Net;
using System.Net.Security;

namespace Heliograph.Checking;

/// <summary>What somebody without a Signal client sees: a scanner, a censor, a visitor.</summary>
internal static class StrangersView
{
    /// <summary>
    /// A public host that no Signal proxy should relay (RFC 2606). If one does, it connects to an ordinary web server, which does no harm.
    /// </summary>
    public const string DeniedName = "www.example.com";

    public static CheckStep FromDenied(InnerAnswer denied)
    {
        var step = new CheckStep
        {
            Step = Steps.DeniedName,
            Subject = DeniedName,
            Outcome = denied.Trouble?.Outcome ?? "relayed",
            Severity = Severity.Note,
            Seen = "",
            TookMs = denied.TookMs,
        };
        if (denied.IsRelayed)
        {
            return step with
            {
                Outcome = "relayed",
                Severity = Severity.Warning,
                Seen = "relayed to a server that answers: an open relay",
                Remedy =
                    "restrict the proxy to Signal's hosts: anybody can misuse an open relay, and its operator takes the blame",
            };
        }
        return denied.Trouble!.Outcome switch
        {
            Trouble.WebAnswer => step with { Severity = Severity.Ok, Seen = denied.Trouble.Seen },
            Trouble.Closed or Trouble.Reset => step with { Seen = $"{denied.Trouble.Seen}, as Signal's own proxy does" },
            _ => step with { Seen = denied.Trouble.Seen },
        };
    }

    /// <summary>Requests a page over the proxy's TLS, as a web browser does.</summary>
    public static async Task<(CheckStep Step, HttpAnswer? Answer)> VisitAsync(IPEndPoint proxy, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep { Step = Steps.WebPage, Subject = "GET /", Outcome = "page", Severity = Severity.Ok, Seen = "" };
        try
        {
            await using var tcp = await Dial.ProxyAsync(proxy, options, clock);
            await using var session = await TlsSession.StartAsync(
                tcp, options.Proxy.Host, ProxyEndpoint.CreateVerifier(options, clock), [SslApplicationProtocol.Http11], clock);
            if (session.Trouble is { } trouble)
                return (
                    step with
                    {
                        Outcome = trouble.Outcome,
                        Severity = Severity.Warning,
                        Seen = $"TLS with ALPN fails: {trouble.Seen}",
                        Remedy = NoSite,
                    },
                    null);
            var answer = await HttpAnswer.GetAsync(session.Stream, options.Proxy, clock);
            var alpn = session.Stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http11 ? "http/1.1 by ALPN" : "no ALPN";
            return (FromPage(step with { TookMs = clock.Since(started) }, answer, alpn), answer);
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            var outcome = exception is TimeoutException ? Trouble.NoAnswer : Trouble.Closed;
            return (
                step with
                {
                    Outcome = outcome,
                    Severity = Severity.Warning,
                    Seen = exception is TimeoutException ? "no answer" : "closed without an answer",
                    Remedy = NoSite,
                    TookMs = clock.Since(started),
                },
                null);
        }
    }

    /// <summary>Whether a denied name reveals that this is not an ordinary web server (net4people/bbs#60 compares the two).</summary>
    public static CheckStep? Compare(InnerAnswer denied, HttpAnswer? page)
    {
        if (denied.IsRelayed || denied.IsOuter || page is null)
            return null;
        var step = new CheckStep
        {
            Step = Steps.Alike,
            Outcome = "alike",
            Severity = Severity.Ok,
            Seen = "a denied name and a visitor reach the same web server",
        };
        if (
            denied.Trouble!.Outcome == Trouble.WebAnswer
            && denied.Trouble.Seen.EndsWith(page.Server is null ? "" : $"({page.Server})", StringComparison.Ordinal))
            return step;
        return step with
        {
            Outcome = "different",
            Severity = Severity.Warning,
            Seen = "a visitor reaches a web server, but a denied name does not",
            Remedy = "let the web site answer denied names too (heliograph does): comparing the two reveals the proxy",
        };
    }

    /// <summary>Plain HTTP, which ordinary web servers offer.</summary>
    public static async Task<CheckStep> PlainHttpAsync(IPAddress address, int port, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep
        {
            Step = Steps.PlainHttp,
            Subject = port.ToString(CultureInfo.InvariantCulture),
            Outcome = "other",
            Severity = Severity.Note,
            Seen = "",
        };
        try
        {
            await using var stream = await Dial.TcpAsync(new IPEndPoint(address, port), clock);
            var answer = await HttpAnswer.GetAsync(stream, options.Proxy, clock);
            step = step with { TookMs = clock.Since(started), Seen = answer?.Described ?? "something other than HTTP" };
            return
                answer?.Location is { } location
                && location.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                && answer.Status is >= 300 and < 400
                ? step with
                {
                    Outcome = "redirect",
                    Severity = Severity.Ok,
                    Seen = $"{answer.Status} to {location}",
                }
                : step;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            var trouble = Trouble.FromConnect(exception, clock);
            return step with
            {
                Outcome = trouble.Outcome,
                Severity = Severity.Warning,
                Seen = trouble.Seen,
                Remedy = $"open port {port} on the proxy: ordinary web servers use it, and Let's Encrypt can then validate the name there",
                TookMs = clock.Since(started),
            };
        }
    }

    private const string NoSite =
        "put a web site behind the proxy (heliograph has one built in): a server that answers no visitor stands out";

    private static CheckStep FromPage(CheckStep step, HttpAnswer? answer, string alpn) =>
        answer switch
        {
            null => step with { Outcome = Trouble.Closed, Severity = Severity.Warning, Seen = "closed without a page", Remedy = NoSite },
            { Status: < 400 } => step with { Seen = $"{answer.Described}, {alpn}" },
            _ => step with
            {
                Outcome = "error_page",
                Severity = Severity.Warning,
                Seen = $"{answer.Described}, {alpn}",
                Remedy = "put a web site behind the proxy: a server with nothing but an error page stands out",
            },
        };
}
