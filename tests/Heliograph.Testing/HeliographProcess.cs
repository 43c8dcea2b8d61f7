using System.Net;

namespace Heliograph.Testing;

/// <summary>The built program, <c>heliograph run --config FILE</c>, as a process.</summary>
public sealed class HeliographProcess : IAsyncDisposable
{
    private HeliographProcess(ChildProcess child, IPEndPoint endpoint)
    {
        Child = child;
        Endpoint = endpoint;
    }

    public ChildProcess Child { get; }

    /// <summary>Where it serves TLS.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The program as the build left it, beside the test's own output; HELIOGRAPH_PROGRAM names another.</summary>
    public static string Program => Environment.GetEnvironmentVariable("HELIOGRAPH_PROGRAM") ?? FindProgram();

    /// <summary>Starts it and waits until it says that it serves <paramref name="endpoint"/>.</summary>
    /// <param name="config">The configuration file.</param>
    /// <param name="endpoint">What the file says under <c>listen</c>.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="wrapper">A program that becomes ours by exec, with its arguments: <c>prlimit --nofile=64</c>.</param>
    /// <param name="environment">Variables on top of ours.</param>
    public static async Task<HeliographProcess> StartAsync(
        string config, IPEndPoint endpoint, string directory, IReadOnlyList<string>? wrapper = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        string[] command = [.. wrapper ?? [], Program, "run", "--config", config];
        var child = ChildProcess.Start(command[0], command[1..], directory, environment);
        try
        {
            await child.WaitForLineAsync(line => line.Contains(endpoint.ToString(), StringComparison.Ordinal), TimeSpan.FromSeconds(20));
            return new HeliographProcess(child, endpoint);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Child.DisposeAsync();

    private static string FindProgram()
    {
        // artifacts/bin/<test project>/<configuration>/ -> artifacts/bin/Heliograph/<configuration>/heliograph
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(output.Parent!.Parent!.FullName, "Heliograph", output.Name, "heliograph");
    }
}
