using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Heliograph.Control;

/// <summary>Answers this program's other commands on <c>control.sock</c>: one request and one response, each a line of JSON.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    public const int MaxRequest = 4096;

    private const int MaxConcurrent = 16;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    private readonly string stateDirectory;
    private readonly IReadOnlyDictionary<string, ControlCommand> commands;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim slots = new(MaxConcurrent);
    private readonly Task accepting;

    private ControlServer(
        string stateDirectory, IReadOnlyDictionary<string, ControlCommand> commands, TimeProvider timeProvider, ILogger logger)
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
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Gets unexpected errors.</param>
    /// <exception cref="StartException">The socket cannot be created.</exception>
    public static ControlServer Start(
        string stateDirectory, IReadOnlyDictionary<string, ControlCommand> commands, TimeProvider timeProvider, ILogger logger)
    {
        try
        {
            return new ControlServer(stateDirectory, commands, timeProvider, logger);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"{ControlSocket.PathIn(stateDirectory)} cannot be created ({FileProblem.Describe(exception)}); the state directory must " +
                $"be on a file system that supports Unix sockets; choose another directory with --state-directory DIR");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        ControlSocket.Delete(stateDirectory);
        await accepting;
        for (var slot = 0; slot < MaxConcurrent; slot++)
            await slots.WaitAsync(CancellationToken.None);
        slots.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await slots.WaitAsync(stop.Token);
                _ = ServeAsync(await AcceptOneAsync());
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The server is stopping; the slot that no client uses is free again.
            slots.Release();
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
                // Most likely out of file descriptors.
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
            // The client has disconnected, or the program is ending.
        }
        finally
        {
            slots.Release();
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
            return ControlResponse.Failed(
                $"a request is one line of JSON, at most {MaxRequest} bytes, such as {{\"command\":\"certificate-show\"}}");
        }
        if (request?.Command is not { } name || !commands.TryGetValue(name, out var command))
            return ControlResponse.Failed(
                $"the running server does not know this command, perhaps because its version is different; it knows: " +
                $"{string.Join(", ", commands.Keys)}");
        try
        {
            return await command(request, stop.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HostLog.Fault(logger, exception);
            return ControlResponse.Failed(UnexpectedError.Describe(exception));
        }
    }

    /// <summary>Reads up to the end of the line; a request that is too long is cut off, and is then not valid JSON.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadLineAsync(Socket client)
    {
        var buffer = new byte[MaxRequest];
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
