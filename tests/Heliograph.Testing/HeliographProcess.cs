using System.Net;

namespace Heliograph.Testing;

/// <summary>The built program, <c>heliograph run --config FILE</c>, as a process.</summary>
public sealed class HeliographProcess : IAsyncDisposable
{
    // Generous: a cold start on a busy machine. A warm one takes a fraction of a second.
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private HeliographProcess(ChildProcess child, IReadOnlyList<IPEndPoint> endpoints)
    {
        Child = child;
        Endpoints = endpoints;
    }

    public ChildProcess Child { get; }

    /// <summary>The addresses on which it reports serving TLS.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; }

    /// <summary>The program as the build left it, beside the test's own output; HELIOGRAPH_PROGRAM names another.</summary>
    public static string Program => Environment.GetEnvironmentVariable("HELIOGRAPH_PROGRAM") ?? FindProgram();

    /// <summary>Starts it and waits until it reports that it is ready.</summary>
    /// <param name="config">The configuration file.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="arguments">More arguments of <c>run</c>.</param>
    /// <param name="wrapper">A program that runs ours with exec, with its arguments: <c>prlimit --nofile=64</c>.</param>
    public static async Task<HeliographProcess> StartAsync(
        string config, string directory, IReadOnlyList<string>? arguments = null, IReadOnlyList<string>? wrapper = null)
    {
        string[] command = [.. wrapper ?? [], Program, "run", "--config", config, .. arguments ?? []];
        var child = ChildProcess.Start(command[0], command[1..], directory);
        try
        {
            await child.WaitForLineAsync(static line => line == "ready", StartBound);
            var listening = await child.WaitForLineAsync(
                static line => line.Contains("listening on", StringComparison.Ordinal), StartBound);
            return new HeliographProcess(child, EndpointsIn(listening));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Child.DisposeAsync();

    // "  listening on  127.0.0.1:8443, [::1]:8443; plain HTTP on 127.0.0.1:8080"
    private static IReadOnlyList<IPEndPoint> EndpointsIn(string line) =>
        [.. line.Split("listening on")[1].Split(';')[0].Split(',').Select(static text => IPEndPoint.Parse(text.Trim()))];

    private static string FindProgram()
    {
        // artifacts/bin/<test project>/<configuration>/ -> artifacts/bin/Heliograph/<configuration>/heliograph
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(output.Parent!.Parent!.FullName, "Heliograph", output.Name, "heliograph");
    }
}
