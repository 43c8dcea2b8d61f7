using System.Runtime.InteropServices;

namespace Heliograph.Hosting;

/// <summary>SIGTERM and SIGINT stop the program, a second one at once; SIGHUP reloads the configuration and the certificate.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] registrations;
    private int requests;

    public Signals() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Hangup),
    ];

    /// <summary>Cancelled by the first request to stop.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>What SIGHUP does: nothing until this is set, so that a reload request during the start does not end the program.</summary>
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
        if (Interlocked.Increment(ref requests) == 1)
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
