using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Heliograph.Packaging.Tests.Machines;

/// <summary>Our end of the virtual serial port behind which <c>eng/machine/usr/local/sbin/test-agent</c> runs scripts.</summary>
internal sealed class MachineAgent : IDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Channel<bool> boots = Channel.CreateUnbounded<bool>();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<(int ExitCode, string Output, string Errors)>> asked = [];
    private readonly SemaphoreSlim writing = new(1);
    private Socket? port;
    private int last;

    /// <param name="path">Where qemu will connect.</param>
    public MachineAgent(string path)
    {
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        _ = ReadAsync();
    }

    /// <summary>Completes when the machine has started, or has started again.</summary>
    public async Task NextBootAsync(CancellationToken cancellationToken) => await boots.Reader.ReadAsync(cancellationToken);

    /// <summary>Runs a script of bash as root.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> TryAsync(string script, TimeSpan limit)
    {
        var number = Interlocked.Increment(ref last);
        var answer = new TaskCompletionSource<(int ExitCode, string Output, string Errors)>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        asked[number] = answer;
        try
        {
            await WriteAsync($"{number} {Convert.ToBase64String(Encoding.UTF8.GetBytes(script))}\n");
            return await answer.Task.WaitAsync(limit, Tool.Token);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"the machine has not ended this within {limit}:\n{script}", exception);
        }
        finally
        {
            asked.TryRemove(number, out _);
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        port?.Dispose();
        writing.Dispose();
    }

    private async Task WriteAsync(string line)
    {
        await writing.WaitAsync(Tool.Token);
        try
        {
            var bytes = Encoding.ASCII.GetBytes(line).AsMemory();
            while (!bytes.IsEmpty)
                bytes = bytes[await port!.SendAsync(bytes, Tool.Token)..];
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        var why = new IOException("the machine is off");
        try
        {
            port = await listener.AcceptAsync();
            await using var stream = new NetworkStream(port);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (await reader.ReadLineAsync() is { } line)
                Take(line);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            why = new IOException(why.Message, exception);
        }
        boots.Writer.TryComplete(why);
        Fail(why);
    }

    private void Take(string line)
    {
        if (line == "ready")
        {
            Fail(new IOException("the machine has started again meanwhile"));
            boots.Writer.TryWrite(true);
        }
        else if (line.Split(' ') is [var number, var code, ['.', .. var output], ['.', .. var errors]]
            && asked.TryGetValue(int.Parse(number), out var answer))
        {
            answer.TrySetResult((int.Parse(code), Decode(output), Decode(errors)));
        }
    }

    private void Fail(IOException why)
    {
        foreach (var answer in asked.Values)
            answer.TrySetException(why);
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
