using System.Net.Sockets;
using System.Text.Json;

namespace Heliograph.Control;

/// <summary>Sends a request to the server that runs with a state directory.</summary>
internal static class ControlClient
{
    private const int MaxResponse = 1024 * 1024;

    /// <summary>Null: no server is running.</summary>
    /// <exception cref="StartException">A server is running, but does not answer.</exception>
    public static async Task<ControlResponse?> AskAsync(
        string stateDirectory, ControlRequest request, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var socket = Connect(stateDirectory);
        if (socket is null)
            return null;
        using var clock = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(
                (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), (byte)'\n'], either.Token);
            var answer = await ReadAsync(stream, either.Token);
            return answer.EndsWith("\n"u8)
                ? Read(answer)
                : throw new StartException("the running server exited before it answered; its log says why");
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            throw new StartException(
                $"the running server did not answer within {Configuration.Values.Write(timeout)}; it continues with any command that it " +
                $"has received");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new StartException("the running server exited before it answered; its log says why");
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
            throw new StartException(
                $"the running server has a different version from this program ({ProductVersion.Text}), which cannot read its answer; " +
                $"restart the server so that both versions are the same");
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
            throw new StartException(
                $"user {Environment.UserName} has no permission to use {ControlSocket.PathIn(stateDirectory)}; run this command as the " +
                $"server's user (sudo)");
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
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0 && answer.Length < MaxResponse)
            answer.Write(buffer, 0, read);
        return answer.ToArray();
    }
}
