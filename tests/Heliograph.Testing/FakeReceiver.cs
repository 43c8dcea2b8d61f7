using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing;

/// <summary>What a <see cref="FakeReceiver"/> was sent.</summary>
public sealed record Posted(string RequestLine, string Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A fake: stands in for a webhook's receiver, or for an OpenTelemetry collector. Takes posts over HTTP/1.1, with or without TLS, and answers them with statuses in turn.</summary>
public sealed class FakeReceiver : IAsyncDisposable
{
    private const int LongestHead = 16 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<Posted> posts = Channel.CreateUnbounded<Posted>();
    private readonly CancellationTokenSource stop = new();
    private readonly SslServerAuthenticationOptions? tls;
    private readonly string[] answers;
    private readonly Task serving;
    private int answered;

    /// <param name="certificate">Null: without TLS.</param>
    /// <param name="answers">Status line and more fields, one for each request; the last one for all that follow.</param>
    public FakeReceiver(TestCertificate? certificate, params string[] answers)
    {
        tls = certificate is null ? null : new() { ServerCertificate = certificate.Load() };
        this.answers = answers;
        listener.Start();
        serving = ServeAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndpoint;

    public int Count => Volatile.Read(ref answered);

    public async Task<Posted> NextAsync() => await posts.Reader.ReadAsync(Bound.Token);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAllAsync(await listener.AcceptSocketAsync(stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAllAsync(Socket socket)
    {
        try
        {
            await using Stream plain = new NetworkStream(socket, ownsSocket: true);
            await using var encrypted = tls is null ? null : new SslStream(plain);
            if (encrypted is not null)
                await encrypted.AuthenticateAsServerAsync(tls!, stop.Token);
            while (await AnswerAsync(encrypted ?? plain))
            {
                // The next request of the same connection.
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // Whoever asked has gone, or the test ends.
        }
    }

    private async Task<bool> AnswerAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0 || head.Length > LongestHead)
                return false;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n");
        var length = lines.Single(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop.Token);
        var answer = answers[Math.Min(Interlocked.Increment(ref answered), answers.Length) - 1];
        await posts.Writer.WriteAsync(new(lines[0], head.ToString(), body), stop.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n"), stop.Token);
        return true;
    }
}
