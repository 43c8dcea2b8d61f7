using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Heliograph.Tests.Sources;

/// <summary>A web server on loopback that has one list.</summary>
internal sealed class ListServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<string> heads = new();
    private readonly Task serving;

    /// <param name="answer">Status, fields and body, as it stands at the time of a request.</param>
    public ListServer(string answer)
    {
        Answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public string Answer { get; set; }

    public string Address => $"http://{listener.LocalEndpoint}/drop.txt?key=secret";

    /// <summary>The heads of the requests so far.</summary>
    public IReadOnlyList<string> Requests => [.. heads];

    /// <summary>A list with a validator.</summary>
    public static string List(string text, string tag) =>
        $"200 OK\r\nConnection: close\r\nETag: {tag}\r\nLast-Modified: Fri, 27 Nov 2026 10:00:00 GMT\r\nContent-Length: {text.Length}\r\n" +
        $"\r\n{text}";

    public static string Empty(string status) => $"{status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        // A listener that is gone takes the next call for a mistake.
        await serving;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await listener.AcceptSocketAsync(stopping.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stopping.Token) > 0)
            head.Append((char)one[0]);
        heads.Enqueue(head.ToString());
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Answer}"), stopping.Token);
    }
}
