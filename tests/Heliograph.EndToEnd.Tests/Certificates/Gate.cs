using System.Net;
using System.Net.Sockets;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary>Sits between the authority and the program: holds a validator up until it is opened, and records what passes.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly IPEndPoint target;
    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly MemoryStream kept = new();
    private readonly Task accepting;

    /// <param name="target">The program.</param>
    /// <param name="listen">Null: on a port that the system chooses.</param>
    public Gate(IPEndPoint target, IPEndPoint? listen = null)
    {
        this.target = target;
        listener = new(listen ?? new(IPAddress.Loopback, 0));
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Completes when the first validator has connected.</summary>
    public Task Arrived => arrived.Task;

    /// <summary>Everything in both directions.</summary>
    public byte[] Kept
    {
        get
        {
            lock (kept)
                return kept.ToArray();
        }
    }

    public void Open() => opened.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        // A listener that is gone takes the next call for a mistake.
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
                passing.Add(PassAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        await Task.WhenAll(passing);
    }

    private async Task PassAsync(TcpClient client)
    {
        try
        {
            using var near = client;
            arrived.TrySetResult();
            await opened.Task.WaitAsync(stop.Token);
            using var far = new TcpClient();
            await far.ConnectAsync(target, stop.Token);
            await using var nearStream = near.GetStream();
            await using var farStream = far.GetStream();
            await Task.WhenAll(CopyAsync(nearStream, farStream), CopyAsync(farStream, nearStream));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[4096];
        int read;
        while ((read = await from.ReadAsync(buffer, stop.Token)) > 0)
        {
            lock (kept)
                kept.Write(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), stop.Token);
        }
        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
