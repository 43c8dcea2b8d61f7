using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Heliograph.Control;

/// <summary>Answers the other commands of this program on <c>control.sock</c>: one request, one answer, a line of JSON each.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    public const int LongestRequest = 4096;

    private const int MostAtOnce = 16;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    private readonly string stateDirectory;
    private readonly IReadOnlyDictionary<string, ControlCommand> commands;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim places = new(MostAtOnce);
    private readonly Task accepting;

    private ControlServer(string stateDirectory, IReadOnlyDictionary<string, ControlCommand> commands, TimeProvider timeProvider, ILogger logger)
    {
        this.stateDirectory = stateDirectory;
        this.commands = commands;
        this.timeProvider = timeProvider;
        this.logger = logger;
        listener = ControlSocket.Listen(stateDirectory);
        accepting = AcceptAsync();
    }

    /// <param name="stateDirectory">Where the socket is; held by this process.</param>
    /// <param name="commands">By their names.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Where faults are reported.</param>
    /// <exception cref="StartException">The socket cannot be made.</exception>
    public static ControlServer Start(string stateDirectory, IReadOnlyDictionary<string, ControlCommand> commands, TimeProvider timeProvider, ILogger logger)
    {
        try
        {
            return new ControlServer(stateDirectory, commands, timeProvider, logger);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{ControlSocket.PathIn(stateDirectory)} cannot be made ({FileProblem.Describe(exception)}); the state directory must be on a file system that has unix sockets, or name another with --state-directory DIR");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        File.Delete(ControlSocket.PathIn(stateDirectory));
        await accepting;
        for (var place = 0; place < MostAtOnce; place++)
            await places.WaitAsync(CancellationToken.None);
        places.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await places.WaitAsync(stop.Token);
                _ = ServeAsync(await AcceptOneAsync());
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The end; the place that was taken for nobody is free again.
            places.Release();
        }
    }

    private async Task<Socket> AcceptOneAsync()
    {
        while (true)
        {
            try
            {
                return await listener.AcceptAsync(stop.Token);
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                // Out of descriptors, most likely.
                await Task.Delay(AcceptPause, timeProvider, stop.Token);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using (client)
            {
                var response = await AnswerAsync(client);
                byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(response, ControlJson.Default.ControlResponse), (byte)'\n'];
                using var limit = Limit();
                for (var sent = 0; sent < line.Length;)
                    sent += await client.SendAsync(line.AsMemory(sent), limit.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Whoever asked has gone, or the program ends.
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<ControlResponse> AnswerAsync(Socket client)
    {
        ControlRequest? request;
        try
        {
            request = JsonSerializer.Deserialize((await ReadLineAsync(client)).Span, ControlJson.Default.ControlRequest);
        }
        catch (JsonException)
        {
            return ControlResponse.Failed($"a request is one line of JSON, at most {LongestRequest} bytes, such as {{\"command\":\"certificate-show\"}}");
        }
        if (request?.Command is not { } name || !commands.TryGetValue(name, out var command))
            return ControlResponse.Failed($"the running server does not know this command; it knows {string.Join(", ", commands.Keys)}; is it of another version?");
        try
        {
            return await command(request, stop.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HostLog.Fault(logger, exception);
            return ControlResponse.Failed($"a fault in the program: {exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <summary>Up to the end of the line; what is longer than a request may be is no JSON any more.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadLineAsync(Socket client)
    {
        var buffer = new byte[LongestRequest];
        using var limit = Limit();
        for (var length = 0; length < buffer.Length;)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0 || read == 0)
                return buffer.AsMemory(0, end >= 0 ? end : length);
        }
        return default;
    }

    private CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(RequestTimeout);
        return limit;
    }
}
