using System.Runtime.InteropServices;

namespace Heliograph.Hosting;

/// <summary>SIGTERM and SIGINT ask to stop, a second one at once; SIGHUP asks to read configuration and certificate again.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] registrations;
    private int asked;

    public Signals() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Hangup),
    ];

    /// <summary>Cancelled by the first request to stop.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>What SIGHUP does. Until it is set, nothing: a reload that comes while the program starts must not end it.</summary>
    public Action? Reload { get; set; }

    /// <summary>Completes at the first request to stop.</summary>
    public async Task WaitAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Stopping.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), stopped);
        await stopped.Task;
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        stopping.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref asked) == 1)
            stopping.Cancel();
        else
            Environment.Exit((int)ExitCode.Failed);
    }

    private void Hangup(PosixSignalContext context)
    {
        context.Cancel = true;
        Reload?.Invoke();
    }
}
