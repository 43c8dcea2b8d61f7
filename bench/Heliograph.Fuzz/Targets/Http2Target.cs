using Heliograph.Web;
using Heliograph.Web.Http;
using Heliograph.Web.Http2;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are what a client sends after its preface.</summary>
internal static class Http2Target
{
    private const int WriteSize = 64 * 1024;

    private static readonly Lazy<Responder> Site = new(static () =>
        new SiteResponder(
            BuiltInSite.Create(new(new byte[32], new(2026, 1, 1)), "en", DateTimeOffset.UnixEpoch.AddYears(57)), NginxProfile.Nginx128));

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        byte[] sent = [.. Preface, .. bytes];
        CheckFrames(sent);
        CheckSession(sent);
    }

    /// <summary>The frames are the same however the bytes arrive.</summary>
    private static void CheckFrames(ReadOnlySpan<byte> sent)
    {
        var atOnce = ReadFrames(sent, step: sent.Length);
        // Each step looks at all that was not yet read: few steps for many bytes.
        var inPieces = ReadFrames(sent, step: Math.Max(1, sent.Length / 512));
        FaultException.Unless(
            atOnce.SequenceEqual(inPieces, StringComparer.Ordinal),
            $"at once:\n{string.Join('\n', atOnce)}\nin pieces:\n{string.Join('\n', inPieces)}");
    }

    private static List<string> ReadFrames(ReadOnlySpan<byte> sent, int step)
    {
        var reader = new FrameReader();
        var frames = new List<string>();
        var bytes = sent.ToArray();
        var start = 0;
        for (var end = Math.Min(step, bytes.Length); ;)
        {
            var outcome = reader.Read(
                bytes.AsSpan(start..end), skipsRequests: false, isFieldWanted: true, out var taken, out var frame);
            FaultException.Unless(taken >= 0 && taken <= end - start, $"{taken} bytes taken of {end - start}");
            start += taken;
            switch (outcome)
            {
                case FrameReader.Outcome.Error:
                    frames.Add($"error {reader.Error}");
                    return frames;
                case FrameReader.Outcome.Field:
                    frames.Add($"field {reader.Field}");
                    continue;
                case FrameReader.Outcome.EndOfBlock:
                    frames.Add($"end of a block of {reader.BlockLength}");
                    continue;
                case FrameReader.Outcome.Frame:
                    Describe(frame, frames);
                    continue;
            }
            if (end == bytes.Length)
                return frames;
            end = Math.Min(end + step, bytes.Length);
        }
    }

    // SETTINGS come in as many parts as they arrive in.
    private static void Describe(Frame frame, List<string> frames)
    {
        var head = $"{frame.Type} {frame.Flags} {frame.Stream} {frame.Length} {frame.Padding}";
        if (frame.Type != FrameType.Settings)
        {
            frames.Add($"{head} {frame.IsEnd} {Convert.ToHexString(frame.Payload)}");
            return;
        }
        for (var rest = frame.Payload; !rest.IsEmpty; rest = rest[6..])
            frames.Add($"{head} {Convert.ToHexString(rest[..6])}");
        if (frame.IsEnd)
            frames.Add(head);
    }

    /// <summary>As a connection does it: what has arrived is answered as far as the client's windows allow.</summary>
    private static void CheckSession(ReadOnlySpan<byte> sent)
    {
        using var session = new Http2Session(Site.Value, new StoppedClock());
        var client = new Http2Client(sent[Preface.Length..]);
        var bytes = sent.ToArray();
        var start = 0;
        session.Guard.BeginBatch();
        session.Guard.Count(bytes.Length);
        while (session.TryReceive(bytes.AsSpan(start), out var taken, out var error))
        {
            start += taken;
            client.SendsUpTo(start - Preface.Length);
            if (error != Http2Error.None)
            {
                if (!session.IsGoingAway)
                    session.GoAway(error);
                break;
            }
            var answering = session.AnswerAsync();
            FaultException.Unless(answering.IsCompletedSuccessfully, "an answer from memory is not there at once");
            while (session.CanSend)
            {
                var sending = session.SendSomeAsync(WriteSize, CancellationToken.None);
                FaultException.Unless(sending.IsCompletedSuccessfully, "a page in memory is not there at once");
                Receive(session, client);
            }
            Receive(session, client);
            if (session.IsFinished)
                break;
        }
        client.SendsUpTo(bytes.Length);
        Receive(session, client);
    }

    private static void Receive(Http2Session session, Http2Client client)
    {
        session.Output.EndChain();
        client.Receives(session.Output.Written.Span[..session.Output.Ready]);
        session.Output.Release();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
