using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Heliograph.Fleet.Tests.Etcd;

/// <summary>A fake member of etcd, which gives one answer to whatever it is asked, and closes the connection.</summary>
internal sealed class FakeEtcd : IAsyncDisposable
{
    private const int LongestHead = 16 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task serving;
    private volatile string body = "";

    public FakeEtcd()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://{listener.LocalEndpoint}");

    public string Body
    {
        get => body;
        set => body = value;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await serving;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await listener.AcceptSocketAsync(stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var length = ContentLength(await ReadHeadAsync(stream));
            await stream.ReadExactlyAsync(new byte[length], stopping.Token);
            var answer = Encoding.UTF8.GetBytes(Body.Trim() + "\n");
            var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {answer.Length}\r\n\r\n");
            await stream.WriteAsync((byte[])[.. head, .. answer], stopping.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client hung up, or the test is over.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < LongestHead && !head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stopping.Token);
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static int ContentLength(string head) => int.Parse(
        head.Split("\r\n").Single(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1],
        CultureInfo.InvariantCulture);
}
