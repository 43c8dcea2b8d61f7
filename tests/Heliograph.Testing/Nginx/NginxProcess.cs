using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.Nginx;

/// <summary>A real nginx in the foreground, with a configuration and a directory of its own.</summary>
public sealed class NginxProcess : IAsyncDisposable
{
    /// <summary>Where Debian's nginx lies.</summary>
    public const string Program = "/usr/sbin/nginx";

    /// <summary>Debian's libnginx-mod-stream.</summary>
    public const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private readonly ChildProcess process;

    private NginxProcess(ChildProcess process) => this.process = process;

    /// <summary>nginx is a program of the machine, not of the repository.</summary>
    public static bool IsInstalled => File.Exists(Program);

    /// <summary>The master and its workers.</summary>
    public IReadOnlyList<int> ProcessIds => [process.Id, .. Processes.Children(process.Id)];

    public string Output => process.AllOutput;

    /// <summary>Starts nginx and waits until every endpoint accepts.</summary>
    /// <param name="directory">Its prefix: logs and temporary files.</param>
    /// <param name="contexts">The <c>events</c>, <c>http</c> and <c>stream</c> contexts.</param>
    /// <param name="endpoints">What it listens on.</param>
    public static async Task<NginxProcess> StartAsync(TempDirectory directory, string contexts, params EndPoint[] endpoints)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(endpoints);
        var name = $"nginx-{Guid.NewGuid():N}";
        var main = $"""
            daemon off;
            {(Environment.UserName == "root" ? "user root;" : "")}
            pid {directory[name + ".pid"]};
            error_log stderr notice;
            {(File.Exists(StreamModule) ? $"load_module {StreamModule};" : "")}

            """;
        var process = ChildProcess.Start(Program, ["-p", directory.Path, "-e", "stderr", "-c", directory.Write(name + ".conf", main + contexts)]);
        var nginx = new NginxProcess(process);
        try
        {
            // The sockets are bound before the first worker starts.
            await process.WaitForLineAsync(line => line.Contains("start worker process", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
            foreach (var endpoint in endpoints)
                await ConnectOnceAsync(endpoint);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Signal(Processes.SIGTERM);
        try
        {
            await process.WaitForExitAsync(TimeSpan.FromSeconds(5));
        }
        finally
        {
            await process.DisposeAsync();
        }
    }

    private static async Task ConnectOnceAsync(EndPoint endpoint)
    {
        var protocol = endpoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, protocol);
        await socket.ConnectAsync(endpoint);
    }
}
