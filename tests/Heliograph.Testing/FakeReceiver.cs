using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing;

/// <summary>A request that a <see cref="FakeReceiver"/> received.</summary>
public sealed record Posted(string RequestLine, string Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>
/// A fake webhook receiver or OpenTelemetry collector. Accepts posts over HTTP/1.1, with or without TLS, and answers them with the
/// given statuses in turn.
/// </summary>
public sealed class FakeReceiver : IAsyncDisposable
{
    private const int LongestHead = 16 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<Posted> posts = Channel.CreateUnbounded<Posted>();
    private readonly CancellationTokenSource stopping = new();
    private readonly SslServerAuthenticationOptions? tls;
    private readonly string[] answers;
    private readonly Task serving;
    private int answered;

    /// <param name="certificate">Null for no TLS.</param>
    /// <param name="answers">Status line and more fields, one for each request; the last one also for all later requests.</param>
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
        await stopping.CancelAsync();
        listener.Dispose();
        await serving;
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAllAsync(await listener.AcceptSocketAsync(stopping.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
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
                await encrypted.AuthenticateAsServerAsync(tls!, stopping.Token);
            while (await AnswerAsync(encrypted ?? plain))
            {
                // The next request of the same connection.
            }
        }
        catch (Exception exception)
            when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client has left, or the test ends.
        }
    }

    private async Task<bool> AnswerAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stopping.Token) == 0 || head.Length > LongestHead)
                return false;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n");
        var length = lines.Single(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stopping.Token);
        var answer = answers[Math.Min(Interlocked.Increment(ref answered), answers.Length) - 1];
        await posts.Writer.WriteAsync(new(lines[0], head.ToString(), body), stopping.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n"), stopping.Token);
        return true;
    }
}
