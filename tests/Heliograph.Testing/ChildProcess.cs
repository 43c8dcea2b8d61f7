using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Heliograph.Testing;

/// <summary>A program started by a test: its output is kept, every wait on it is bounded, and it is ended by its process id.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const UnixFileMode Everyone = (UnixFileMode)0b111_111_111;

    private readonly Process process;
    private readonly TempDirectory temporary;
    private readonly Lock sync = new();
    private readonly List<string> lines = [];
    private readonly List<string> errors = [];
    private readonly Task exited;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isDisposed;

    private ChildProcess(Process process, TempDirectory temporary)
    {
        this.process = process;
        this.temporary = temporary;
        exited = Task.WhenAll(Collect(process.StandardOutput, lines), Collect(process.StandardError, errors), process.WaitForExitAsync());
    }

    public int Id => process.Id;

    /// <summary>Its TMPDIR, unless the environment names another.</summary>
    public string TemporaryDirectory => temporary.Path;

    public bool HasExited => process.HasExited;

    /// <summary>Its standard output so far.</summary>
    public string Output => Join(lines);

    /// <summary>Its standard error so far.</summary>
    public string Errors => Join(errors);

    /// <summary>All its output so far, for the message of a failed test.</summary>
    public string AllOutput => Output + Errors;

    /// <summary>
    /// Starts a program with its standard input closed. It has its own directory for temporary files, so that a killed program leaves
    /// nothing behind.
    /// </summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(arguments);
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        var temporary = new TempDirectory();
        // Also for programs that start as root and continue as another user.
        File.SetUnixFileMode(temporary.Path, Everyone);
        start.Environment["TMPDIR"] = temporary.Path;
        // The program speaks the language of its environment; most tests expect English.
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            start.Environment[name] = value;
        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
            process.StandardInput.Close();
            return new ChildProcess(process, temporary);
        }
        catch
        {
            temporary.Dispose();
            throw;
        }
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan bound,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        await using var child = Start(program, arguments, directory, environment);
        var exitCode = await child.WaitForExitAsync(bound);
        return (exitCode, child.Output, child.Errors);
    }

    /// <summary>
    /// The first matching line of either stream; throws with all output if the program ends or the time is up before.
    /// </summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> fits, TimeSpan bound)
    {
        ArgumentNullException.ThrowIfNull(fits);
        using var timeout = new CancellationTokenSource(bound);
        while (true)
        {
            Task change;
            lock (sync)
            {
                if (lines.Concat(errors).FirstOrDefault(fits) is { } line)
                    return line;
                change = changed.Task;
            }
            if (exited.IsCompleted)
                throw new InvalidOperationException($"the program ended with {process.ExitCode} before the awaited line:\n{AllOutput}");
            try
            {
                await Task.WhenAny(change, exited).WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException($"the awaited line did not appear within {bound}:\n{AllOutput}", exception);
            }
        }
    }

    /// <summary>The exit code, once the program has ended and all its output is read.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan bound)
    {
        try
        {
            await exited.WaitAsync(bound);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"process {Id} did not end within {bound}:\n{AllOutput}", exception);
        }
        return process.ExitCode;
    }

    /// <summary>Sends SIGTERM, SIGHUP or another signal.</summary>
    public void Signal(int signal)
    {
        if (!process.HasExited && Kill(process.Id, signal) != 0)
            throw new InvalidOperationException($"kill -{signal} {process.Id}: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Resident memory in bytes, as the kernel counts it now.</summary>
    public long ResidentBytes() => Processes.ResidentBytes(process.Id);

    public async ValueTask DisposeAsync()
    {
        // A start that fails disposes of its program, and whoever owns it does so again: that must not hide the failure.
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await exited.WaitAsync(TimeSpan.FromSeconds(10));
        process.Dispose();
        temporary.Dispose();
    }

    private async Task Collect(StreamReader reader, List<string> into)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource done;
            lock (sync)
            {
                into.Add(line);
                done = changed;
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            done.SetResult();
        }
    }

    private string Join(List<string> from)
    {
        lock (sync)
            return string.Concat(from.Select(line => line + '\n'));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
