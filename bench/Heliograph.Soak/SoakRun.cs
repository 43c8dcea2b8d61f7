using System.Globalization;
using System.Net;
using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;
using Heliograph.Soak.Judging;
using Heliograph.Soak.Load;
using Heliograph.Soak.Reporting;
using Heliograph.Soak.Trouble;
using Heliograph.Testing.Pebble;

namespace Heliograph.Soak;

/// <summary>Starts everything, lets the load and the disturbances run, and judges.</summary>
internal sealed class SoakRun(SoakOptions options)
{
    // The last part of the run is calm: what a disturbance has left would be seen there.
    private const double DisturbedPart = 0.8;

    private const int LogLines = 20_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    private readonly Windows windows = new();
    private readonly Findings findings = new();
    private readonly Findings others = new();
    private readonly List<Sample> samples = [];
    private readonly List<ServerLoad> loads = [];
    private readonly string directory = Directory.CreateTempSubdirectory("soak-").FullName;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Require("pebble", "pebble");
        if (options.HasHaProxy)
            Require("haproxy", "haproxy");
        if (options.Heliograph is { } program)
            Environment.SetEnvironmentVariable("HELIOGRAPH_PROGRAM", program);
        var clock = Clock.Find(Path.Combine(directory, "clock"));
        var memory = MemoryGroup.Find();
        Say(clock is null, "libfaketime is not installed (Debian: faketime): the clock makes no steps");
        Say(memory is null, "without a control group for memory there is no memory pressure, and the kernel's memory is that of all slabs");

        using var names = new NameServer();
        using var steady = new StandInUpstream(new IPEndPoint(IPAddress.Loopback, 0), Traffic.Hello, 64 + Chats.Count);
        using var mortal = new MortalUpstream(Labels.Dying);
        using var named = new StandInUpstream(new IPEndPoint(NameServer.Address, 0), Traffic.HelloFor(Labels.Named), 32);
        using var hose = new FireHose();
        await using var server = new Server(directory)
        {
            Hosts = string.Join(
                ", ",
                $"{Labels.HostOf(Labels.Steady)}: \"{steady.Address}\"", $"{Labels.HostOf(Labels.Dying)}: \"{mortal.Address}\"",
                $"{Labels.HostOf(Labels.Named)}: \"{NameServer.Known}:{named.Address.Port}\"",
                $"{Labels.HostOf(Labels.Fire)}: \"{hose.Address}\""),
        };
        await using var pebble = await PebbleServer.StartAsync(
            new PebbleOptions { TlsPort = server.Tls.Port, HttpPort = server.Http.Port, NonceRejectPercent = 0 });
        await server.StartAsync(pebble, clock?.Wrapper ?? [], options.LogLevel);
        memory?.Add(server.Child.Id);
        var root = Path.Combine(directory, "issuing-root.pem");
        await File.WriteAllTextAsync(root, await pebble.IssuingRootAsync(), cancellationToken);
        using var tls = new OuterTls(root);
        using var http2 = new OuterTls(root, "h2");
        using var haProxy = options.HasHaProxy ? new HaProxy(directory, steady.Address) : null;

        if (haProxy is not null)
            await haProxy.WaitUntilReadyAsync(cancellationToken);

        var disturbances = Wanted(new Disturbances(server, mortal, names, clock, memory, options.Disturbed).All());

        RunClock.Start();
        var target = new Target("heliograph", server.Child.Id, server.Tls, tls, http2, Lane.Clients);
        loads.Add(new ServerLoad(target, new Watch(windows, findings), options.PerSecond));
        if (haProxy is not null)
            loads.Add(new ServerLoad(haProxy.Target, new Watch(windows, others), options.PerSecond));
        Directory.CreateDirectory(options.Output);
        using var table = new CsvTable(Path.Combine(options.Output, "soak.csv"));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(options.Length);
        await Task.WhenAll(
            DisturbAsync(disturbances, ending.Token),
            RenewAsync(server, ending.Token),
            SampleAsync(server, memory, table, ending.Token));
        var isInterrupted = cancellationToken.IsCancellationRequested;
        var (begun, hostile) = (loads.Sum(static load => load.Begun), loads.Sum(static load => load.HostileBegun));
        loads.ForEach(static load => load.Dispose());

        try
        {
            await JudgeAsync(server, memory, isInterrupted);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or TimeoutException)
        {
            findings.Add("what was written could not be read", exception.Message);
        }
        await File.WriteAllLinesAsync(
            Path.Combine(options.Output, "heliograph.log"), server.Child.AllOutput.Split('\n').TakeLast(LogLines), CancellationToken.None);
        await SvgPicture.WriteAsync(Path.Combine(options.Output, "soak.svg"), samples, windows.All);
        Report(begun, hostile, isInterrupted);
        return findings.IsEmpty && !isInterrupted ? 0 : 1;
    }

    /// <summary>One disturbance after the other, and from the first again, until it shall be calm.</summary>
    private async Task DisturbAsync(IReadOnlyList<Disturbance> disturbances, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(WarmUp, cancellationToken);
            for (var i = 0; i < disturbances.Count || RunClock.Now < options.Length * DisturbedPart; i++)
            {
                var next = disturbances[i % disturbances.Count];
                if (i > 0 && !next.FollowsAtOnce)
                    await Task.Delay(options.Gap, cancellationToken);
                await DisturbAsync(next, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task DisturbAsync(Disturbance disturbance, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"soak: {RunClock.Now.TotalSeconds,6:0} s: {disturbance.Name}"));
        var window = windows.Open(disturbance.Name, disturbance.Excuse, RunClock.Now);
        try
        {
            await disturbance.HappenAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is CompareException or InvalidOperationException or TimeoutException or IOException)
        {
            findings.Add("a disturbance could not be made", $"{disturbance.Name}: {exception.Message}");
        }
        finally
        {
            window.Close(RunClock.Now);
        }
    }

    private async Task RenewAsync(Server server, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.RenewEvery, cancellationToken);
                var start = RunClock.Now;
                string? problem;
                try
                {
                    problem = await server.RenewAsync();
                }
                catch (TimeoutException exception)
                {
                    problem = exception.Message;
                }
                if (problem is not null && windows.FindExcuse(Lane.Renewal, isLost: true, start, RunClock.Now) is null)
                    findings.Add("a certificate was not renewed", problem);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task SampleAsync(Server server, MemoryGroup? memory, CsvTable table, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.SampleEvery, cancellationToken);
                if (server.Child.HasExited)
                {
                    findings.Add("the server ended", string.Join(" | ", server.Child.AllOutput.Split('\n').TakeLast(6)));
                    return;
                }
                foreach (var load in loads)
                {
                    var kernel = load != loads[0] ? double.NaN : memory?.KernelBytes ?? ServerUse.MachineKernelBytes();
                    var sample = load.Take(RunClock.Now, windows.NameAt(RunClock.Now), kernel);
                    lock (samples)
                        samples.Add(sample);
                    table.Write(sample);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (Exception exception) when (exception is CompareException or IOException)
        {
            findings.Add("the figures could not be taken", exception.Message);
        }
    }

    private async Task JudgeAsync(Server server, MemoryGroup? memory, bool isInterrupted)
    {
        if (server.Child.HasExited)
            return;
        if (memory?.Killed > 0)
            findings.Add("the server ended", "it was killed for want of memory");
        await server.JudgeWritingsAsync(findings);
        if (await server.FindLossAsync() is { } loss)
            findings.Add("a certificate was lost", loss);
        if (!isInterrupted)
        {
            GrowthRule.JudgeAll(
                [.. samples.Where(sample => sample.Server == loads[0].Name)], options.Length, windows, findings);
        }
    }

    private void Report(int begun, int hostile, bool isInterrupted)
    {
        foreach (var load in loads)
            Console.WriteLine(load.Describe());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{begun:N0} connections of well-behaved clients and {hostile:N0} of hostile ones, {RunClock.Now.TotalMinutes:0.0} minutes; " +
            $"{windows.All.Count} disturbances; {options.Output}/soak.csv and soak.svg have the figures."));
        foreach (var line in findings.Lines)
            Console.WriteLine(line);
        foreach (var line in others.Lines)
            Console.WriteLine("haproxy, which is not judged: " + line.Trim());
        Console.WriteLine(isInterrupted ? "INTERRUPTED" : findings.IsEmpty ? "PASSED" : "FAILED");
    }

    private IReadOnlyList<Disturbance> Wanted(IReadOnlyList<Disturbance> all)
    {
        if (options.Only.FirstOrDefault(name => all.All(one => one.Name != name)) is { } unknown)
            throw new CompareException($"--only names '{unknown}'; there are {string.Join(", ", all.Select(static one => one.Name))}");
        return options.Only.Count == 0 ? all : [.. all.Where(one => options.Only.Contains(one.Name, StringComparer.Ordinal))];
    }

    private static void Require(string program, string package)
    {
        if (Installed.Find(program) is null)
            throw new CompareException($"{program} is not installed; run: apt-get install {package}");
    }

    private static void Say(bool isSo, string what)
    {
        if (isSo)
            Console.Error.WriteLine($"soak: {what}.");
    }
}
