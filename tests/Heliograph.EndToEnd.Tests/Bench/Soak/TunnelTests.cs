using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Heliograph.Compare.Load;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Bench.Soak;

/// <summary>The connections of the load generators.</summary>
public sealed partial class TunnelTests
{
    /// <summary>.NET handles it from the first child on, as in every run of a load generator.</summary>
    private const int Sigchld = 17;

    private const int Signals = 20;

    [Fact(Timeout = Bound.Test)]
    public async Task A_child_that_ends_does_not_break_a_connection_that_waits()
    {
        await ChildProcess.RunAsync("true", [], TimeSpan.FromSeconds(30));
        using var authority = new TestAuthority();
        using var directory = new TempDirectory();
        using var certificate = authority.Issue(TestKey.Ecdsa, Compare.Certificates.Domain).Load();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var waiting = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var tls = new OuterTls(directory.Write("root.pem", authority.RootPem));
        var client = Task.Factory.StartNew(
            () =>
            {
                using var tunnel = Tunnel.Connect(tls, (IPEndPoint)listener.LocalEndpoint);
                waiting.SetResult(GetThread());
                var answer = new byte[1];
                tunnel.ReadExactly(answer);
                return answer[0];
            },
            Bound.Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        using var accepted = await listener.AcceptTcpClientAsync(Bound.Token);
        await using var server = new System.Net.Security.SslStream(accepted.GetStream());
        await server.AuthenticateAsServerAsync(certificate);
        var thread = await waiting.Task.WaitAsync(Bound.Token);
        for (var sent = 0; sent < Signals; sent++)
        {
            await Polling.UntilAsync(() => client.IsCompleted || IsAsleep(thread), TimeSpan.FromSeconds(30), "the client does not wait");
            Assert.False(client.IsCompleted, client.Exception?.GetBaseException().Message);
            Assert.Equal(0, SendTo(Environment.ProcessId, thread, Sigchld));
        }
        await server.WriteAsync(new byte[] { 7 }, Bound.Token);
        Assert.Equal(7, await client.WaitAsync(Bound.Token));
    }

    /// <summary>The state is behind the name, which may hold anything but is in brackets (proc(5)).</summary>
    private static bool IsAsleep(int thread)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('S');
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThread();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SendTo(int process, int thread, int signal);
}
