using System.Runtime.InteropServices;

namespace Heliograph.Compare;

/// <summary>
/// One run of <c>bench/timing</c> or <c>bench/rest</c>. However it ends, it ends every process that it started and deletes its directory.
/// </summary>
internal sealed class ToolSession : IDisposable
{
    private readonly string tool;
    private readonly string directory;
    private readonly List<PosixSignalRegistration> signals;
    private readonly Lock gate = new();
    private IDisposable? running;
    private volatile bool interrupted;

    /// <param name="tool">Its name, in messages and in that of its directory.</param>
    public ToolSession(string tool)
    {
        this.tool = tool;
        directory = Directory.CreateTempSubdirectory($"heliograph-{tool}-").FullName;
        signals =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, Interrupt)),
        ];
    }

    /// <param name="create">Makes the run, which disposes of what it starts, for a directory.</param>
    /// <param name="run">Measures and prints, and returns the exit code.</param>
    public int Run<T>(Func<string, T> create, Func<T, int> run)
        where T : IDisposable
    {
        try
        {
            var made = create(directory);
            running = made;
            return run(made);
        }
        catch (Exception) when (interrupted)
        {
            return 1;
        }
        catch (CompareException exception)
        {
            Console.Error.WriteLine($"{tool}: {exception.Message.TrimEnd('.')}.");
            return 1;
        }
    }

    public void Dispose()
    {
        CleanUp();
        signals.ForEach(static signal => signal.Dispose());
    }

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        interrupted = true;
        CleanUp();
        Environment.Exit(1);
    }

    private void CleanUp()
    {
        lock (gate)
        {
            running?.Dispose();
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }
}
