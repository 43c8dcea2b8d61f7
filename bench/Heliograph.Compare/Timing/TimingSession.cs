using System.Runtime.InteropServices;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Timing;

/// <summary>One run of the timing. However it ends, it ends every process that it started and deletes its directory.</summary>
internal sealed class TimingSession : IDisposable
{
    private readonly TimingOptions options;
    private readonly string directory = Directory.CreateTempSubdirectory("heliograph-timing-").FullName;
    private readonly List<PosixSignalRegistration> signals;
    private readonly Lock gate = new();
    private TimingRun? run;
    private volatile bool interrupted;

    public TimingSession(TimingOptions options)
    {
        this.options = options;
        signals =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, Interrupt)),
        ];
    }

    /// <summary>Measures and prints; returns the exit code.</summary>
    public int Run()
    {
        try
        {
            if (Installed.Find("nginx") is null)
                throw new CompareException("nginx is not installed; run: apt-get install nginx");
            var processors = ProcessorPlan.For(asked: 1, Environment.ProcessorCount);
            processors.PinLoad();
            var certificates = Certificates.Create(directory);
            using var tls = new OuterTls(certificates.CaFile);
            run = new TimingRun(options, directory, certificates, tls, processors);
            run.Run();
            return 0;
        }
        catch (Exception) when (interrupted)
        {
            return 1;
        }
        catch (CompareException exception)
        {
            Console.Error.WriteLine($"timing: {exception.Message.TrimEnd('.')}.");
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
            run?.Dispose();
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }
}
