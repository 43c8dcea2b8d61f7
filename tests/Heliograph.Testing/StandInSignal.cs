using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Streams;

namespace Heliograph.Testing;

/// <summary>
/// A fake of Signal's servers on loopback, with a throw-away certificate: the test chooses what it does with a connection.
/// </summary>
public sealed class StandInSignal : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<StandInConnection> arrivals = Channel.CreateUnbounded<StandInConnection>();
    private readonly Func<StandInConnection, Task> behaviour;
    private readonly X509Certificate2? certificate;
    private readonly Task accepting;
    private int accepted;

    private StandInSignal(X509Certificate2? certificate, Func<StandInConnection, Task> behaviour)
    {
        this.certificate = certificate;
        this.behaviour = behaviour;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>Serves TLS connections.</summary>
    public static StandInSignal Start(TestCertificate certificate, Func<StandInConnection, Task> behaviour)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new(certificate.Load(), behaviour);
    }

    /// <summary>Serves plain TCP, for tests that check the exact bytes, including the inner hello.</summary>
    public static StandInSignal StartRaw(Func<StandInConnection, Task> behaviour) => new(null, behaviour);

    /// <summary>The next connection, in the order of arrival.</summary>
    public async Task<StandInConnection> NextAsync(TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        try
        {
            return await arrivals.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"no connection reached the stand-in within {bound}; there were {Accepted} before", exception);
        }
    }

    /// <summary>A test may dispose it early, so that the host is down.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting.WaitAsync(TimeSpan.FromSeconds(10));
        certificate?.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stopping.Token);
                Interlocked.Increment(ref accepted);
                serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        var raw = new RecordingStream(new NetworkStream(socket, ownsSocket: true));
        var connection = new StandInConnection { Socket = socket, Raw = raw, Stopping = stopping.Token };
        await arrivals.Writer.WriteAsync(connection);
        try
        {
            if (certificate is null)
            {
                await behaviour(connection);
            }
            else
            {
                await using var tls = new SslStream(raw);
                var options = new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                };
                await tls.AuthenticateAsServerAsync(options, stopping.Token);
                connection.Use(tls, new RecordingStream(tls));
                await behaviour(connection);
            }
            connection.End(null);
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or SocketException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or System.Security.Authentication.AuthenticationException)
        {
            connection.End(exception);
        }
        finally
        {
            await raw.DisposeAsync();
        }
    }
}
