using System.Net;
using System.Text;
using Heliograph.Compare;
using Heliograph.Soak.Judging;
using Heliograph.Testing;
using Heliograph.Testing.Pebble;

namespace Heliograph.Soak.Trouble;

/// <summary>The built program with a certificate of Pebble's, and what can be done to it.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>All that it may have: several times what the load takes, and few enough to be used up.</summary>
    public const int Descriptors = 3000;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly IPEndPoint metrics = LoopbackPort.Free();
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly string directory;
    private readonly string config;
    private HeliographProcess? process;
    private PebbleServer? pebble;
    private int reloads;

    /// <param name="directory">Where its configuration lies. Its state directory is a small file system of its own below.</param>
    public Server(string directory)
    {
        this.directory = directory;
        config = Path.Combine(directory, "heliograph.yaml");
    }

    public IPEndPoint Tls { get; } = LoopbackPort.Free();

    public IPEndPoint Http { get; } = LoopbackPort.Free();

    public string State => Path.Combine(directory, "state");

    public ChildProcess Child => process!.Child;

    /// <summary>The content of <c>routes.hosts</c>, without the braces.</summary>
    public required string Hosts { get; init; }

    /// <summary>Starts it, and waits until it has a certificate.</summary>
    /// <param name="authority">Issues the certificates.</param>
    /// <param name="wrapper">Becomes the program by exec.</param>
    /// <param name="level">Of the log.</param>
    public async Task StartAsync(PebbleServer authority, IReadOnlyList<string> wrapper, string level)
    {
        pebble = authority;
        Directory.CreateDirectory(State);
        await RunAsync("mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", State]);
        WriteConfiguration(authority);
        process = await HeliographProcess.StartAsync(
            config, directory, ["--log-level", level], ["prlimit", $"--nofile={Descriptors}:{Descriptors}", .. wrapper]);
        await Child.WaitForLineAsync(static line => line.Contains("New certificate: ", StringComparison.Ordinal), Bound);
    }

    /// <summary>Changes the configuration and has it read again.</summary>
    public void Reload()
    {
        reloads++;
        WriteConfiguration(pebble!);
        Child.Signal(Processes.SIGHUP);
    }

    /// <summary>How many reloads it has reported.</summary>
    public int Reloaded => Child.Errors.Split("Configuration reloaded").Length - 1;

    /// <summary>Orders a certificate at once.</summary>
    /// <returns>Null if there is a new one, and otherwise why not.</returns>
    public async Task<string?> RenewAsync()
    {
        var (code, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["certificate", "renew", "--force", "--config", config], Bound);
        return code == 0 ? null : (output + errors).Trim();
    }

    /// <summary>Takes the rest of the disk.</summary>
    public void FillDisk()
    {
        using var file = File.Create(Ballast);
        try
        {
            var block = new byte[4096];
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void EmptyDisk() => File.Delete(Ballast);

    /// <summary>What it tells Prometheus.</summary>
    public Task<string> MetricsAsync() => client.GetStringAsync(new Uri($"http://{metrics}/metrics"));

    /// <summary>Adds every secret that stands in its output, in its state directory and in what it tells its operator.</summary>
    public async Task JudgeWritingsAsync(Findings findings)
    {
        Secrets.Judge("the log", Child.AllOutput, findings);
        // A socket holds nothing.
        foreach (var file in Directory.EnumerateFiles(State, "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".sock", StringComparison.Ordinal))
                Secrets.Judge(Path.GetRelativePath(directory, file), await ReadAsync(file), findings);
        }
        Secrets.Judge("the metrics", await MetricsAsync(), findings);
        var (_, status, _) = await ChildProcess.RunAsync(HeliographProcess.Program, ["status", "--json", "--config", config], Bound);
        Secrets.Judge("the status", status, findings);
    }

    /// <summary>Whether the certificate on the disk can be read and is the one that it reports.</summary>
    public async Task<string?> FindLossAsync()
    {
        var file = Path.Combine(State, "acme", "certificate.json");
        if (!File.Exists(file) || !(await File.ReadAllTextAsync(file)).Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
            return "there is no certificate in the state directory";
        var (code, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["certificate", "show", "--config", config], Bound);
        return code == 0 ? null : (output + errors).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (process is not null)
            await process.DisposeAsync();
    }

    private string Ballast => Path.Combine(State, "ballast");

    /// <summary>Also a file that the server has locked.</summary>
    private static async Task<string> ReadAsync(string file)
    {
        using var reader = new StreamReader(
            new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(program, arguments, Bound);
        if (code != 0)
            throw new CompareException($"{program} failed: {(output + errors).Trim()}");
    }

    // A limit that no connection of the run meets changes with each reload.
    private void WriteConfiguration(PebbleServer authority) => File.WriteAllText(config, $$"""
        domains: [{{Certificates.Domain}}]
        listen: ["{{Tls}}"]
        http: { listen: ["{{Http}}"] }
        acme: { directory: "{{authority.DirectoryUrl}}", ca_root: "{{authority.CaRootFile}}" }
        routes: { sets: [], zones: off, hosts: { {{Hosts}} } }
        metrics: { listen: ["{{metrics}}"] }
        limits: { max_connections: 100000, max_connections_per_source: off, drain_timeout: 2s, idle_timeout: {{10 + (reloads % 2)}}m }
        alerts: { self_check: off }
        state_directory: "{{State}}"

        """);
}
