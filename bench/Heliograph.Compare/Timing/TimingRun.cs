using System.Globalization;
using System.Net;
using System.Text;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Timing;

/// <summary>Visits the program and two nginx in turn, and prints what a prober who times the answers can tell.</summary>
internal sealed class TimingRun : IDisposable
{
    private const string Handshake = "handshake";

    private static readonly (string Kind, byte[] Request, string Status)[] Probes =
    [
        ("GET", Request("/"), "HTTP/1.1 200 OK"),
        ("404", Request("/no-such-page"), "HTTP/1.1 404 Not Found"),
        ("400", DeniedHello(), "HTTP/1.1 400 Bad Request"),
    ];

    private readonly TimingOptions options;
    private readonly string directory;
    private readonly PeerRoot root;
    private readonly ProcessorPlan processors = ProcessorPlan.For(asked: 1, Environment.ProcessorCount);
    private readonly Certificates certificates;
    private readonly OuterTls tls;
    private readonly List<IDisposable> started = [];

    public TimingRun(TimingOptions options, string directory)
    {
        this.options = options;
        this.directory = directory;
        root = new(options.In?.FullName, directory, options.Heliograph);
        if (Installed.Find("nginx", root) is null)
            throw new CompareException("nginx is not installed; run: apt-get install nginx");
        processors.PinLoad();
        certificates = Certificates.Create(directory);
        tls = new OuterTls(certificates.CaFile);
    }

    /// <summary>Visits and prints; returns the exit code.</summary>
    public int Run()
    {
        var factory = new ProxyFactory(
            directory, certificates, options.Heliograph, connections: 100, root,
            options.IsDirectory ? MakeDirectory() : null);
        var proxy = factory.Start(PeerNames.Heliograph, processors);
        started.Add(proxy);
        proxy.WaitUntilReady(tls);
        var first = Visit.Make(tls, proxy.Address, Probes[0].Request);
        var page = first.Answer.AsSpan(first.Answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4).ToArray();
        var nginx = StartNginx("a", page);
        var other = StartNginx("b", page);
        using (var load = options.IsBusy ? new RelayLoad(proxy, tls) : null)
        {
            load?.WaitUntilSteady();
            Print(load?.Used, Measure([("heliograph", proxy.Address), ("nginx", nginx), ("nginx, another", other)]), first.Request);
        }

        return 0;
    }

    public void Dispose()
    {
        foreach (var part in Enumerable.Reverse(started))
            part.Dispose();
        started.Clear();
        root.Dispose();
        tls.Dispose();
    }

    private static byte[] Request(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {Certificates.Domain}\r\n\r\n");

    /// <summary>The hello of a Signal client for a name that is not routed.</summary>
    private static byte[] DeniedHello()
    {
        byte[] hello = [.. Traffic.Hello];
        var name = hello.AsSpan(hello.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Traffic.HostName)));
        "denied"u8.CopyTo(name);
        return hello;
    }

    private string MakeDirectory()
    {
        var site = Directory.CreateDirectory(Path.Combine(directory, "site")).FullName;
        File.WriteAllText(Path.Combine(site, "index.html"), new string('x', 3000));
        return site;
    }

    private IPEndPoint StartNginx(string name, byte[] page)
    {
        var own = Directory.CreateDirectory(Path.Combine(directory, "nginx-" + name)).FullName;
        var site = new NginxSite(root, own, certificates, page, processors);
        started.Add(site);
        site.WaitUntilReady();
        return site.Address;
    }

    /// <summary>In each round every server gets every kind of visit, in an order that changes.</summary>
    private Dictionary<(string Server, string Kind), List<double>> Measure((string Name, IPEndPoint Address)[] servers)
    {
        var times = new Dictionary<(string Server, string Kind), List<double>>();
        var order = new Random(1);
        for (var round = 0; round < options.Visits + options.Visits / 20; round++)
        {
            order.Shuffle(servers);
            foreach (var (kind, request, status) in Probes)
            {
                foreach (var (name, address) in servers)
                {
                    var (handshake, answered, answer) = Visit.Make(tls, address, request);
                    if (Visit.StatusOf(answer) != status)
                        throw new CompareException($"{name} answered {kind} with \"{Visit.StatusOf(answer)}\" and not with {status}");
                    // The first twentieth warms up.
                    if (round < options.Visits / 20)
                        continue;
                    Add(name, Handshake, handshake);
                    Add(name, kind, answered);
                }
            }
        }
        return times;

        void Add(string server, string kind, double time)
        {
            if (!times.TryGetValue((server, kind), out var list))
                times.Add((server, kind), list = []);
            list.Add(time);
        }
    }

    private void Print(double? used, Dictionary<(string Server, string Kind), List<double>> times, double first)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Visits} visits of each kind to each server, in turn; " +
            $"{(used is { } part ? $"the relay uses {part:0.00} of a core" : "idle")}."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The first answer after the start took {first:0} us."));
        Console.WriteLine();
        Console.WriteLine("|  | heliograph | nginx | AUC | nginx against nginx |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var kind in (string[])[Handshake, .. Probes.Select(static probe => probe.Kind)])
        {
            var (ours, nginx, other) = (times[("heliograph", kind)], times[("nginx", kind)], times[("nginx, another", kind)]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {Spread(ours)} | {Spread(nginx)} | {Ranks.Auc(ours, nginx):0.000} | {Ranks.Auc(nginx, other):0.000} |"));
        }
        Console.WriteLine();
        Console.WriteLine(
            "Medians in us from the hello to the ServerHello, or from the request to the first byte of the answer; " +
            "in brackets,");
        Console.WriteLine("the middle half. AUC: how often who has one time of each says rightly which is which; 0.5 is a guess.");
    }

    private static string Spread(List<double> times) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Ranks.Median(times):0} ({Ranks.Quantile(times, 0.25):0} to {Ranks.Quantile(times, 0.75):0})");
}
