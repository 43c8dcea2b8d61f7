using System.Runtime.InteropServices;
using Heliograph.Compare.History;
using Heliograph.Compare.Load;
using Heliograph.Compare.Measuring;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare;

/// <summary>
/// One run of the comparison. However it ends, even by a failure or a signal, it ends every process it started and deletes its directory.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly ComparisonOptions options;
    private readonly string directory = Directory.CreateTempSubdirectory("heliograph-compare-").FullName;
    private readonly List<PosixSignalRegistration> signals;
    private readonly Lock gate = new();
    private Comparison? comparison;
    private PeerRoot? root;
    private volatile bool interrupted;

    public Session(ComparisonOptions options)
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
            var processors = ProcessorPlan.For(options.Processors, Environment.ProcessorCount);
            if (processors.Instead is { } instead)
                Console.Error.WriteLine($"compare: {instead}");
            root = new PeerRoot(options.In?.FullName, directory, options.HeliographCommand);
            Installed.Require(options.Peers, root);
            Limits.RequireDescriptors(options.Sizes.MostConnections);
            Limits.RequirePorts(options.Sizes.MostConnections / Lanes.For(options.Sizes.MostConnections));
            var machine = Machine.Describe(options, processors, root);
            processors.PinLoad();
            var certificates = Certificates.Create(directory);
            using var tls = new OuterTls(certificates.CaFile);
            var factory = new ProxyFactory(directory, certificates, options.HeliographCommand, options.Sizes.MostConnections, root);
            comparison = new Comparison(options, factory, tls, processors, Console.Error.WriteLine);
            comparison.Run();

            var verdicts = Verdict.JudgeFigures(
                options.Figures.Select(figure => figure.BesideOpenSsl(machine["OpenSSL"])), comparison.Samples);
            Print(verdicts, comparison, processors, machine);
            if (options.Json is { } file)
                Report.WriteJson(file, options, comparison, verdicts, machine);
            return options.Judged && verdicts.Any(verdict => verdict.Met == false) ? 1 : 0;
        }
        catch (Exception) when (interrupted)
        {
            // A failure now comes from the shutdown itself.
            return 1;
        }
        catch (CompareException exception)
        {
            Console.Error.WriteLine($"compare: {exception.Message.TrimEnd('.')}.");
            return 1;
        }
        catch
        {
            // An uncaught exception ends the process without unwinding the stack.
            CleanUp();
            throw;
        }
    }

    public void Dispose()
    {
        CleanUp();
        signals.ForEach(signal => signal.Dispose());
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
            comparison?.Dispose();
            root?.Dispose();
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private void Print(
        IReadOnlyList<Verdict> verdicts, Comparison measured, ProcessorPlan processors, IReadOnlyDictionary<string, string> machine)
    {
        Console.Write(Report.Table(options, verdicts));
        Console.WriteLine();
        Console.WriteLine(
            $"Best of {options.Rounds}, and in brackets the lowest and highest ratio within a round; " +
            $"{string.Join("; ", machine.Select(pair => $"{pair.Key} {pair.Value}"))}; {measured.Ciphers.Values.First()}.");
        if (measured.LatencyNote is { } latency)
            Console.WriteLine(latency);
        if (measured.Scalings.Count > 0)
        {
            Console.WriteLine();
            Console.Write(Report.Table(measured.Scalings, processors));
        }

        if (processors.Instead is { } instead)
            Console.WriteLine(instead);
        Console.WriteLine();
        Console.Write(SinceRelease.Table(Release.Last(Repository.PathOf("bench/history")), verdicts, options.Rounds));
    }
}
