using Heliograph.Relay.Upstream;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are what an upstream proxy answers; the first one chooses how it is spoken to.</summary>
internal static class UpstreamProxyTarget
{
    /// <summary>The room that either conversation has.</summary>
    private const int LongestAnswer = 8 * 1024;

    private static readonly UpstreamEndpoint.Tcp Host = new("chat.signal.org", 443);

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        var proxy = new UpstreamProxy(
            (bytes[0] & 1) == 0 ? UpstreamProxyProtocol.Socks5 : UpstreamProxyProtocol.HttpConnect, new("192.0.2.7", 1080));
        if ((bytes[0] & 2) != 0)
            proxy = proxy with { User = "bridge", Password = "secret" };
        var (read, fault) = Hear(proxy, bytes[1..], most: int.MaxValue);
        var (readSlowly, faultSlowly) = Hear(proxy, bytes[1..], most: 1);
        FaultException.Unless(read == readSlowly && fault == faultSlowly, $"at once it is {fault}, byte by byte {faultSlowly}");
        FaultException.Unless(read <= LongestAnswer, $"{read} bytes were read");
        FaultException.Unless(
            fault is null || (fault.Words.Length is > 0 and < 200 && !fault.Words.Any(char.IsControl)),
            "the fault is no line for a person");
    }

    /// <summary>How many bytes it took, and what came of it; it never takes more than it asked for.</summary>
    private static (int Read, ProxyFault? Fault) Hear(UpstreamProxy proxy, ReadOnlySpan<byte> bytes, int most)
    {
        var conversation = proxy.Begin(Host);
        var read = 0;
        while (!conversation.IsOver)
        {
            conversation.Sent(conversation.Output.Length);
            FaultException.Unless(conversation.Room.Length > 0, "it waits for nothing");
            var count = Math.Min(Math.Min(conversation.Room.Length, most), bytes.Length - read);
            if (count == 0)
            {
                conversation.Closed();
                break;
            }
            bytes.Slice(read, count).CopyTo(conversation.Room.Span);
            conversation.Received(count);
            read += count;
        }
        return (read, conversation.Fault);
    }
}
