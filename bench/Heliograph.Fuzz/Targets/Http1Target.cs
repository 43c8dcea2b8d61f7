using System.Text;
using Heliograph.Web;
using Heliograph.Web.Http;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a request: its head, its body, and what follows.</summary>
internal static class Http1Target
{
    private static readonly NginxProfile Like = NginxProfile.Nginx128;

    private static readonly Lazy<Responder[]> Responders = new(static () =>
    [
        new SiteResponder(BuiltInSite.Create(new(new byte[32], new(2026, 1, 1)), "en", DateTimeOffset.UnixEpoch.AddYears(57)), Like),
        new RedirectResponder(
            Like,
            ["proxy.example.org", "*.example.net", "192.0.2.1"], static token => token == "token" ? "token.thumbprint" : null),
        new PageResponder(Like, NginxStatus.PlainHttpToHttps, waitsForBody: false, closesAlways: true),
    ]);

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var whole = new RequestHeadParser(Like);
        var outcome = whole.Parse(bytes);
        FaultException.Unless(
            outcome != HeadOutcome.NeedMore || bytes.Length <= RequestHeadParser.LongestHead, $"{bytes.Length} bytes, and it wants more");
        CheckByByte(bytes, whole, outcome);
        if (outcome == HeadOutcome.NeedMore)
            return;
        var head = whole.Head;
        FaultException.Unless(whole.Consumed > 0 && whole.Consumed <= bytes.Length, $"a head of {whole.Consumed} bytes in {bytes.Length}");
        CheckPath(head.Target.Path);
        if (outcome == HeadOutcome.Refused)
        {
            using var refusal = Response.Page(head, whole.RefusedWith);
            CheckResponse(refusal);
            return;
        }
        CheckBody(bytes[whole.Consumed..], head);
        foreach (var responder in Responders.Value)
        {
            var responding = responder.RespondAsync(head).AsTask();
            FaultException.Unless(responding.IsCompletedSuccessfully, "an answer from memory is not there at once");
            using var response = responding.GetAwaiter().GetResult();
            CheckResponse(response);
        }
    }

    private static void CheckByByte(ReadOnlySpan<byte> bytes, RequestHeadParser whole, HeadOutcome outcome)
    {
        var slow = new RequestHeadParser(Like);
        var slowOutcome = HeadOutcome.NeedMore;
        for (var length = 1; length <= bytes.Length && slowOutcome == HeadOutcome.NeedMore; length++)
            slowOutcome = slow.Parse(bytes[..length]);
        FaultException.Unless(
            (slowOutcome, slow.Consumed, slow.RefusedWith, slow.IsHeadRead)
                == (outcome, whole.Consumed, whole.RefusedWith, whole.IsHeadRead)
            && Describe(slow.Head) == Describe(whole.Head),
            $"at once: {outcome} {whole.RefusedWith} after {whole.Consumed}; "
                + $"byte by byte: {slowOutcome} {slow.RefusedWith} after {slow.Consumed}");
    }

    private static string Describe(RequestHead head) => string.Join(
        '\n',
        head.Version, head.Method, head.RawTarget, head.Target, head.Host, head.ContentLength, head.IsChunked, head.KeepsAlive,
        head.ExpectsContinue, head.WantsPaddedErrors, head["range"], head["if-modified-since"], head["if-none-match"]);

    /// <summary>A site is asked for nothing outside its root.</summary>
    private static void CheckPath(string path)
    {
        FaultException.Unless(path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal), $"the path is \"{path}\"");
        FaultException.Unless(!path.Split('/').Any(static segment => segment is "." or ".."), $"the path is \"{path}\"");
    }

    private static void CheckBody(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        var whole = new RequestBodyReader(head);
        var taken = whole.Consume(bytes);
        FaultException.Unless(taken >= 0 && taken <= bytes.Length, $"a body of {taken} bytes in {bytes.Length}");
        var slow = new RequestBodyReader(head);
        var slowly = 0;
        while (slowly < bytes.Length && !slow.IsDone && !slow.IsBroken)
            slowly += slow.Consume(bytes.Slice(slowly, 1));
        FaultException.Unless(
            (taken, whole.IsDone, whole.IsBroken, whole.Length) == (slowly, slow.IsDone, slow.IsBroken, slow.Length),
            $"at once: {taken} bytes of body; byte by byte: {slowly}");
    }

    /// <summary>One head, whose fields a client cannot break out of, and as many bytes of body as it says.</summary>
    private static void CheckResponse(Response response)
    {
        const int Longest = 64 * 1024;
        var head = ResponseHeadWriter.Write(response, Like.Server, DateTimeOffset.UnixEpoch, keepsAlive: true, isChunked: response.IsGzip);
        var text = Encoding.Latin1.GetString(head);
        FaultException.Unless(text.Length <= Longest, $"the answer has a head of {text.Length} bytes");
        var lines = text.Split("\r\n");
        FaultException.Unless(
            lines is [_, .., "", ""] && lines.SkipLast(2).Index().All(static line => IsLine(line.Item, line.Index)),
            $"the answer's head is:\n{text}");
        var length = response.Body.Sum(static part => part.Bytes.Length + part.FileRange.Length);
        FaultException.Unless(
            response.ContentLength is null || response.ContentLength == length, $"{length} bytes, not {response.ContentLength}");
    }

    private static bool IsLine(string line, int number) =>
        !line.Any(static c => c is < ' ' or '\x7f')
        && (number == 0 ? line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) : line.IndexOf(": ", StringComparison.Ordinal) > 0);
}
