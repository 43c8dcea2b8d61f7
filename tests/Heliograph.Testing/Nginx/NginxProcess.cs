using System.Diagnostics;
using System.Net.Sockets;

namespace Heliograph.Testing.Nginx;

/// <summary>
/// The nginx that we compare with, and a test's own configuration in a temporary directory. In the configuration, <c>PREFIX</c> stands for
/// that directory; logs, pid and temporary files go there.
/// </summary>
public sealed class NginxProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private NginxProcess(Process process, string prefix)
    {
        this.process = process;
        Prefix = prefix;
    }

    /// <summary>The directory of this nginx; files put here are deleted with it.</summary>
    public string Prefix { get; }

    public int Id => process.Id;

    /// <summary>A directory to put files into before <see cref="StartAsync(string, string, string, IReadOnlyList{string})"/>.</summary>
    public static string CreatePrefix() => Directory.CreateTempSubdirectory("nginx-").FullName;

    /// <param name="prefix">From <see cref="CreatePrefix"/>; deleted at the end.</param>
    /// <param name="http">The content of <c>http { }</c>; empty for none.</param>
    /// <param name="top">The directives outside (<c>stream { }</c>, <c>load_module</c>); empty for none.</param>
    /// <param name="awaited">Where it must accept connections before the test continues: unix socket paths (also with <c>PREFIX</c>)
    /// or <c>host:port</c>.</param>
    public static async Task<NginxProcess> StartAsync(string prefix, string http, string top, IReadOnlyList<string> awaited)
    {
        Directory.CreateDirectory(Path.Combine(prefix, "logs"));
        // A master that is root drops its rights: the worker must be the same user, or it cannot read the prefix.
        var user = Environment.IsPrivilegedProcess ? "user root;" : "";
        var text = $$"""
            {{user}}
            worker_processes 1;
            daemon off;
            pid PREFIX/nginx.pid;
            error_log PREFIX/logs/error.log info;
            {{top}}
            events { worker_connections 512; }
            """;
        if (http.Length > 0)
        {
            text += $$"""

                http {
                    access_log off;
                    client_body_temp_path PREFIX/body;
                    proxy_temp_path PREFIX/proxy;
                    fastcgi_temp_path PREFIX/fastcgi;
                    uwsgi_temp_path PREFIX/uwsgi;
                    scgi_temp_path PREFIX/scgi;
                    {{http}}
                }
                """;
        }
        var configuration = Path.Combine(prefix, "nginx.conf");
        await File.WriteAllTextAsync(configuration, text.Replace("PREFIX", prefix, StringComparison.Ordinal));
        var start = new ProcessStartInfo(
            ComparedNginx.Executable, ["-p", prefix, "-c", configuration, "-e", Path.Combine(prefix, "logs", "start.log")])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var nginx = new NginxProcess(Process.Start(start)!, prefix);
        nginx.process.BeginErrorReadLine();
        nginx.process.BeginOutputReadLine();
        try
        {
            foreach (var address in awaited)
                await nginx.WaitUntilListeningAsync(address.Replace("PREFIX", prefix, StringComparison.Ordinal));
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public string ErrorLog()
    {
        var log = Path.Combine(Prefix, "logs", "error.log");
        var start = Path.Combine(Prefix, "logs", "start.log");
        return string.Concat(new[] { start, log }.Where(File.Exists).Select(File.ReadAllText));
    }

    public async ValueTask DisposeAsync()
    {
        // SIGTERM to the master is a fast shutdown that also ends the workers.
        if (!process.HasExited)
        {
            using var kill = Process.Start("/bin/kill", ["-TERM", process.Id.ToString()]);
            await kill.WaitForExitAsync();
        }
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
        Directory.Delete(Prefix, recursive: true);
    }

    private async Task WaitUntilListeningAsync(string address)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"nginx ended with {process.ExitCode}: {ErrorLog()}");
            try
            {
                using var socket = Dial(address);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                // nginx does not report when it listens.
                await Task.Delay(10);
            }
        }
    }

    private static Socket Dial(string address)
    {
        var isUnix = address.StartsWith('/');
        var socket = new Socket(isUnix ? AddressFamily.Unix : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var colon = address.LastIndexOf(':');
            if (isUnix)
                socket.Connect(new UnixDomainSocketEndPoint(address));
            else
                socket.Connect(address[..colon], int.Parse(address[(colon + 1)..]));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
