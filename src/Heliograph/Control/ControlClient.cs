using System.Net.Sockets;
using System.Text.Json;

namespace Heliograph.Control;

/// <summary>Asks the server that runs with a state directory.</summary>
internal static class ControlClient
{
    private const int LongestAnswer = 1024 * 1024;

    /// <summary>Null: no server runs.</summary>
    /// <exception cref="StartException">One runs and gives no answer.</exception>
    public static async Task<ControlResponse?> AskAsync(string stateDirectory, ControlRequest request, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var socket = Connect(stateDirectory);
        if (socket is null)
            return null;
        using var clock = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), (byte)'\n'], either.Token);
            var answer = await ReadAsync(stream, either.Token);
            return answer.EndsWith("\n"u8) ? Read(answer) : throw new StartException("the running server ended before it answered; its log tells why");
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            throw new StartException($"the running server has not answered within {Configuration.Values.Write(timeout)}; if it was asked to do something, it goes on with it");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new StartException("the running server ended before it answered; its log tells why");
        }
    }

    private static ControlResponse? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, ControlJson.Default.ControlResponse);
        }
        catch (JsonException)
        {
            throw new StartException($"the running server is of another version than this program ({ProductVersion.Text}) and answers in another way; restart it, so that both are the same");
        }
    }

    private static Socket? Connect(string stateDirectory)
    {
        try
        {
            return ControlSocket.Connect(stateDirectory);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartException($"{ControlSocket.PathIn(stateDirectory)} may not be used by user {Environment.UserName}; run this as the user that the server runs as (sudo)");
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0 && answer.Length < LongestAnswer)
            answer.Write(buffer, 0, read);
        return answer.ToArray();
    }
}
