using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Heliograph.Web.Tests.Http;

/// <summary>Bytes out, bytes in, over any connection.</summary>
internal static partial class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    /// <summary>Sends, optionally ends sending, and reads to the end of the stream. Throws if the peer never closes.</summary>
    public static async Task<string> ExchangeAsync(Dial dial, byte[] request, bool finishSending)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = await dial(patience.Token);
        try
        {
            for (var sent = 0; sent < request.Length;)
                sent += await socket.SendAsync(request.AsMemory(sent), patience.Token);
            if (finishSending)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It answered and closed before it had everything; only the answer counts.
        }
        using var answer = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
                answer.Write(buffer, 0, count);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"The peer did not close; it had sent: {Encoding.Latin1.GetString(answer.ToArray())}", exception);
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>Masks what differs between two correct answers: the date, and the counter in a boundary.</summary>
    public static string Mask(string answer) => Boundary().Replace(Date().Replace(answer, "Date: (masked)\r\n"), "BOUNDARY");

    [GeneratedRegex("Date: [^\r]*\r\n", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Date();

    [GeneratedRegex("(?<=boundary=|--)[0-9]{20}", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Boundary();
}
