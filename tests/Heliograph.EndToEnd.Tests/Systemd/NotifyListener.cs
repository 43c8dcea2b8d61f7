using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>The socket on which systemd would receive the service's messages (sd_notify(3)).</summary>
internal sealed class NotifyListener : IAsyncDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Channel<IReadOnlyList<string>> messages = Channel.CreateUnbounded<IReadOnlyList<string>>();
    private readonly CancellationTokenSource stop = new();
    private readonly Task receiving;

    private NotifyListener(string variable, string address)
    {
        Variable = variable;
        socket.Bind(new UnixDomainSocketEndPoint(address));
        receiving = ReceiveAsync();
    }

    /// <summary>The value for NOTIFY_SOCKET.</summary>
    public string Variable { get; }

    /// <summary>All messages so far, for a failed test's message.</summary>
    public List<string> Heard { get; } = [];

    public static NotifyListener AtPath(TempDirectory directory) => new(directory["notify"], directory["notify"]);

    public static NotifyListener InTheAbstractNamespace()
    {
        var name = $"heliograph-test/{Guid.NewGuid():N}";
        return new('@' + name, '\0' + name);
    }

    /// <summary>The next message with this assignment; earlier ones are skipped.</summary>
    public async Task<IReadOnlyList<string>> WaitForAsync(string assignment) => await WaitForAsync(message => message.Contains(assignment));

    public async Task<IReadOnlyList<string>> WaitForAsync(Func<IReadOnlyList<string>, bool> fits)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Bound.Token);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var message = await messages.Reader.ReadAsync(bound.Token);
            if (fits(message))
                return message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await receiving;
        socket.Dispose();
        stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, stop.Token);
                var message = Encoding.UTF8.GetString(buffer, 0, length);
                Heard.Add(message);
                messages.Writer.TryWrite(message.Split('\n'));
            }
        }
        catch (OperationCanceledException)
        {
            // The listener was disposed of.
        }
    }
}
