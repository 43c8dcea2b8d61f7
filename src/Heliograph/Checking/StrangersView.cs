using System.Globalization;
using System.Net;
using System.Net.Security;

namespace Heliograph.Checking;

/// <summary>What somebody without a Signal client sees: a scanner, a censor, a visitor.</summary>
internal static class StrangersView
{
    /// <summary>A host of the public internet that no Signal proxy relays (RFC 2606). Should one do so, an ordinary web server is asked, by it.</summary>
    public const string DeniedName = "www.example.com";

    public static CheckStep OfDenied(InnerAnswer denied)
    {
        var step = new CheckStep { Step = Steps.DeniedName, Subject = DeniedName, Outcome = denied.Trouble?.Outcome ?? "relayed", Severity = Severity.Note, Seen = "", TookMs = denied.TookMs };
        if (denied.IsRelayed)
        {
            return step with
            {
                Outcome = "relayed",
                Severity = Severity.Warning,
                Seen = "relayed to a server that answers: an open relay",
                Remedy = "let the proxy relay Signal's hosts only: others use an open relay for anything, and the blame falls on its operator",
            };
        }
        return denied.Trouble!.Outcome switch
        {
            Trouble.WebAnswer => step with { Severity = Severity.Ok, Seen = denied.Trouble.Seen },
            Trouble.Closed or Trouble.Reset => step with { Seen = $"{denied.Trouble.Seen}, as Signal's own proxy does" },
            _ => step with { Seen = denied.Trouble.Seen },
        };
    }

    /// <summary>A page over the proxy's TLS, as a web browser asks for it.</summary>
    public static async Task<(CheckStep Step, HttpAnswer? Answer)> VisitAsync(IPEndPoint proxy, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep { Step = Steps.WebPage, Subject = "GET /", Outcome = "page", Severity = Severity.Ok, Seen = "" };
        try
        {
            await using var tcp = await Dial.TcpAsync(proxy, clock);
            await using var session = await TlsSession.StartAsync(tcp, options.Proxy.Host, ProxyEndpoint.Judge(options, clock), [SslApplicationProtocol.Http11], clock);
            if (session.Trouble is { } trouble)
                return (step with { Outcome = trouble.Outcome, Severity = Severity.Warning, Seen = $"no TLS with ALPN: {trouble.Seen}", Remedy = NoSite }, null);
            var answer = await HttpAnswer.GetAsync(session.Stream, options.Proxy, clock);
            var alpn = session.Stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http11 ? "http/1.1 by ALPN" : "no ALPN";
            return (OfPage(step with { TookMs = clock.Since(started) }, answer, alpn), answer);
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            var outcome = exception is TimeoutException ? Trouble.NoAnswer : Trouble.Closed;
            return (step with { Outcome = outcome, Severity = Severity.Warning, Seen = exception is TimeoutException ? "no answer" : "closed without an answer", Remedy = NoSite, TookMs = clock.Since(started) }, null);
        }
    }

    /// <summary>Whether a denied name gives away that this is no ordinary web server (net4people/bbs#60 compares the two).</summary>
    public static CheckStep? Compare(InnerAnswer denied, HttpAnswer? page)
    {
        if (denied.IsRelayed || denied.IsOuter || page is null)
            return null;
        var step = new CheckStep { Step = Steps.Alike, Outcome = "alike", Severity = Severity.Ok, Seen = "a denied name and a visitor meet the same web server" };
        if (denied.Trouble!.Outcome == Trouble.WebAnswer && denied.Trouble.Seen.EndsWith(page.Server is null ? "" : $"({page.Server})", StringComparison.Ordinal))
            return step;
        return step with
        {
            Outcome = "different",
            Severity = Severity.Warning,
            Seen = "a visitor meets a web server and a denied name does not",
            Remedy = "let the web site answer denied names too (heliograph does): who compares the two knows that this is a proxy",
        };
    }

    /// <summary>Plain HTTP, which every web server has.</summary>
    public static async Task<CheckStep> PlainHttpAsync(IPAddress address, int port, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep { Step = Steps.PlainHttp, Subject = port.ToString(CultureInfo.InvariantCulture), Outcome = "other", Severity = Severity.Note, Seen = "" };
        try
        {
            await using var stream = await Dial.TcpAsync(new IPEndPoint(address, port), clock);
            var answer = await HttpAnswer.GetAsync(stream, options.Proxy, clock);
            step = step with { TookMs = clock.Since(started), Seen = answer?.Described ?? "something that is no HTTP" };
            return answer?.Location is { } location && location.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && answer.Status is >= 300 and < 400
                ? step with { Outcome = "redirect", Severity = Severity.Ok, Seen = $"{answer.Status} to {location}" }
                : step;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            var trouble = Trouble.OfConnect(exception, clock);
            return step with
            {
                Outcome = trouble.Outcome,
                Severity = Severity.Warning,
                Seen = trouble.Seen,
                Remedy = $"open port {port} to the proxy: web servers have it, and Let's Encrypt can then check the name there",
                TookMs = clock.Since(started),
            };
        }
    }

    private const string NoSite = "put a web site behind the proxy (heliograph has one built in): a server that answers no visitor is easily told from others";

    private static CheckStep OfPage(CheckStep step, HttpAnswer? answer, string alpn) => answer switch
    {
        null => step with { Outcome = Trouble.Closed, Severity = Severity.Warning, Seen = "closed without a page", Remedy = NoSite },
        { Status: < 400 } => step with { Seen = $"{answer.Described}, {alpn}" },
        _ => step with { Outcome = "error_page", Severity = Severity.Warning, Seen = $"{answer.Described}, {alpn}", Remedy = "put a web site behind the proxy: one that has nothing but an error page stands out" },
    };
}
