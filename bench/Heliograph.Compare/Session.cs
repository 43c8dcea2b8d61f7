using System.Globalization;
using System.Runtime.InteropServices;
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
            Installed.Require(options.Peers);
            RequireDescriptors();
            var machine = Machine.Describe(options);
            var certificates = Certificates.Create(directory);
            using var tls = new OuterTls(certificates.CaFile);
            comparison = new Comparison(
                options, new ProxyFactory(directory, certificates, options.HeliographCommand, options.Sizes.IdleConnections),
                tls, Console.Error.WriteLine);
            comparison.Run();

            var verdicts = Verdict.JudgeFigures(options, comparison.Samples);
            Console.Write(Report.Table(options, verdicts));
            Console.WriteLine();
            Console.WriteLine(
                $"Best of {options.Rounds}; {string.Join("; ", machine.Select(pair => $"{pair.Key} {pair.Value}"))}; " +
                $"{comparison.Ciphers.Values.First()}.");
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
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private void RequireDescriptors()
    {
        // Each idle connection has two ends here, the client's and the upstream's, and two in its proxy.
        var needed = (2 * options.Sizes.IdleConnections) + 1_500;
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var limit = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        if (int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var allowed) && allowed < needed)
            throw new CompareException(
                $"{options.Sizes.IdleConnections} idle connections need {needed} open files but the limit is {allowed}; " +
                "raise it with ulimit -n, or use --quick");
    }
}
