using System.Net.Security;
using System.Net.Sockets;
using Heliograph.Testing.Streams;

namespace Heliograph.Testing;

/// <summary>A connection as the <see cref="StandInSignal"/> sees it.</summary>
public sealed class StandInConnection
{
    private RecordingStream? data;
    private SslStream? tls;
    private readonly TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required Socket Socket { get; init; }

    /// <summary>The bytes of the TCP connection; keeps their hash and their beginning.</summary>
    public required RecordingStream Raw { get; init; }

    /// <summary>Cancelled when the test is over.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>What the behaviour reads and writes: inside TLS, or the plain connection of a raw stand-in.</summary>
    public RecordingStream Data => data ?? Raw;

    /// <summary>The server name of the hello, if the stand-in speaks TLS.</summary>
    public string? ServerName { get; private set; }

    /// <summary>Completes when the behaviour has ended: with null, or with the error that broke the connection.</summary>
    public Task<Exception?> Ended => ended.Task;

    /// <summary>Closes the sending direction: close_notify where there is TLS, then FIN.</summary>
    public async Task CloseSendingAsync()
    {
        if (tls is not null)
            await tls.ShutdownAsync();
        Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Ends the connection with RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
    }

    internal void Use(SslStream stream, RecordingStream recording)
    {
        tls = stream;
        data = recording;
        ServerName = stream.TargetHostName;
    }

    internal void End(Exception? fault) => ended.TrySetResult(fault);
}
