using System.Text;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Fleet;
using Heliograph.Fleet.Etcd;

namespace Heliograph.Fuzz.Targets;

/// <summary>
/// The bytes are what etcd answered: a line that says to which question, then the body. Whatever it is, there is an object or one sentence
/// for the operator.
/// </summary>
internal static class EtcdTarget
{
    private const int LongestLine = 4096;
    private const int LongestMessage = 1000;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
            return;
        var body = bytes[(end + 1)..];
        try
        {
            Read(Encoding.ASCII.GetString(bytes[..end]), body);
        }
        catch (FleetException exception)
        {
            CheckMessage(exception);
        }
    }

    private static void Read(string question, ReadOnlySpan<byte> body)
    {
        switch (question)
        {
            case "range":
                CheckRange(Parse(body, EtcdJson.Default.RangeAnswer));
                break;
            case "transaction":
                foreach (var response in Parse(body, EtcdJson.Default.TransactionAnswer).Responses ?? [])
                    CheckRange(response?.Range);
                break;
            case "lease":
                Parse(body, EtcdJson.Default.LeaseAnswer);
                break;
            case "keep-alive":
                CheckRefusal(Parse(body, EtcdJson.Default.KeepAliveLine).Error);
                break;
            case "authenticate":
                Parse(body, EtcdJson.Default.AuthenticateAnswer);
                break;
            case "refusal":
                CheckRefusal(Parse(body, EtcdJson.Default.Refusal));
                break;
            case "watch":
                CheckWatch(body.ToArray());
                break;
        }
    }

    private static void CheckRange(RangeAnswer? answer)
    {
        foreach (var message in (answer?.Kvs ?? []).OfType<KeyValueMessage>())
            Check(message);
    }

    /// <summary>What was read is what is read again after it was written.</summary>
    private static void Check(KeyValueMessage message)
    {
        var read = EtcdClient.Read(message);
        FaultException.Unless(
            read.Value.Span.SequenceEqual(message.Value ?? []) && read.ModRevision == message.ModRevision, "a value is not what was sent");
    }

    private static void CheckRefusal(Refusal? refusal)
    {
        if (refusal is not null)
            CheckMessage(EtcdRefusals.Explain(refusal));
    }

    /// <summary>Lines are the same whether they come at once or byte by byte; each is an answer of a watch, or refused.</summary>
    private static void CheckWatch(byte[] body)
    {
        var lines = ReadLines(new MemoryStream(body), out var refusal);
        var again = ReadLines(new Trickle(body), out var refusalAgain);
        FaultException.Unless(
            lines.Count == again.Count && refusal == refusalAgain
            && lines.Zip(again).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second)),
            $"{lines.Count} lines at once are {again.Count} in pieces");
        foreach (var line in lines)
        {
            try
            {
                var answer = Parse(line, EtcdJson.Default.WatchLine);
                CheckRefusal(answer.Error);
                if (answer.Result is { Canceled: true } canceled)
                    CheckMessage(EtcdRefusals.Explain(canceled.CancelReason));
                foreach (var message in (answer.Result?.Events ?? []).Select(static one => one?.Kv).OfType<KeyValueMessage>())
                    Check(message);
            }
            catch (FleetException exception)
            {
                CheckMessage(exception);
            }
        }
    }

    private static List<byte[]> ReadLines(Stream stream, out string? refusal)
    {
        var reader = new LineReader(stream, LongestLine);
        var lines = new List<byte[]>();
        refusal = null;
        try
        {
            while (Finished(reader.ReadAsync(CancellationToken.None)) is { } line)
            {
                FaultException.Unless(line.Length is > 0 and <= LongestLine, $"a line has {line.Length} bytes");
                lines.Add(line.ToArray());
            }
        }
        catch (FleetException exception)
        {
            CheckMessage(exception);
            refusal = exception.Message;
        }
        return lines;
    }

    private static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) => EtcdRefusals.Parse(json, type);

    /// <summary>A stream in memory is never waited for.</summary>
    private static ReadOnlyMemory<byte>? Finished(ValueTask<ReadOnlyMemory<byte>?> task)
    {
        FaultException.Unless(task.IsCompleted, "a line is waited for that is there");
        return task.AsTask().GetAwaiter().GetResult();
    }

    private static void CheckMessage(FleetException exception)
    {
        var message = exception.Message;
        FaultException.Unless(message.Length is > 0 and <= LongestMessage && !message.Any(char.IsControl), $"the message is \"{message}\"");
    }

    /// <summary>One byte at a time.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
