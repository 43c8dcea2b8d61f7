using System.Runtime.InteropServices;
using Heliograph.Compare;

namespace Heliograph.Soak;

/// <summary>
/// One run and its exit code. It needs to end no process and to delete no file, however it ends: it is the first process of a namespace,
/// in which nothing survives it.
/// </summary>
internal sealed class SoakSession : IDisposable
{
    private readonly SoakOptions options;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<PosixSignalRegistration> signals;
    private int interruptions;

    public SoakSession(SoakOptions options)
    {
        this.options = options;
        signals =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, Interrupt)),
        ];
    }

    public int Run()
    {
        try
        {
            RequireGround();
            return new SoakRun(options).RunAsync(stopping.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.Error.WriteLine("soak: it was interrupted before the load began.");
            return 1;
        }
        catch (Exception exception) when (exception is CompareException or InvalidOperationException or TimeoutException or IOException)
        {
            Console.Error.WriteLine($"soak: {exception.Message.TrimEnd('.')}.");
            return 1;
        }
    }

    public void Dispose()
    {
        signals.ForEach(static signal => signal.Dispose());
        stopping.Dispose();
    }

    /// <summary>The first time the run is ended in order, with what it has found; the second time at once.</summary>
    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref interruptions) > 1)
            Environment.Exit(1);
        stopping.Cancel();
    }

    /// <summary>What bench/soak makes: elsewhere the run would take port 53 and mount file systems.</summary>
    private static void RequireGround()
    {
        if (Environment.ProcessId != 1 || !IsAlone())
            throw new CompareException("it is started by bench/soak, which gives it a network and a file system of its own");
    }

    /// <summary>No network but loopback.</summary>
    private static bool IsAlone() => File.ReadLines("/proc/net/dev").Skip(2)
        .All(static line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
}
