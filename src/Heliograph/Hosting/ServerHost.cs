using System.Collections.Frozen;
using System.Net;
using Heliograph.Access;
using Heliograph.Acme.Challenges;
using Heliograph.Alerts;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Checking;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Countries;
using Heliograph.Hosting.Systemd;
using Heliograph.HostLists;
using Heliograph.Membership;
using Heliograph.Metrics;
using Heliograph.Relay;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Routing;
using Heliograph.Sources;
using Heliograph.Statistics;
using Heliograph.Status.Page;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting;

/// <summary>
/// Everything that serves in this process: the decoy web site, the relay in front of it, port 80, and certificate renewal.
/// </summary>
internal sealed class ServerHost : IService, IAsyncDisposable
{
    /// <summary>An idle event loop answers at once; one that takes longer than this is stuck or overloaded.</summary>
    private static readonly TimeSpan LoopTimeout = TimeSpan.FromSeconds(2);

    private readonly ActivatedSockets sockets;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    /// <summary>What was started; stopped in reverse order.</summary>
    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly ChallengePorts ports = new();
    private readonly Lock changing = new();
    private readonly HostListInUse hosts;
    private volatile Settings settings;
    private CertificateInUse certificates = null!;
    private DecoyOptions decoyOptions = null!;
    private DecoySite decoy = null!;
    private RelayServer relay = null!;
    private AccessKeeper access = null!;
    private UpstreamNames upstreamNames = null!;
    private SourceKeeper sources = null!;
    private CountryKeeper countries = null!;
    private FleetService? fleet;
    private RedirectServer? redirect;
    private SelfCheck? selfCheck;
    private Monitoring monitoring = null!;
    private volatile bool draining;
    private int disposed;

    private ServerHost(Settings settings, ActivatedSockets sockets, TimeProvider timeProvider, ILogger logger)
    {
        this.settings = settings;
        Like = settings.Decoy.Profile;
        this.sockets = sockets;
        this.timeProvider = timeProvider;
        this.logger = logger;
        hosts = new(settings.StateDirectory, timeProvider, logger);
    }

    /// <summary>Where clients connect, with the actual ports where the system chose them.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => relay.Endpoints;

    /// <summary>Where plain HTTP is served; empty: nowhere.</summary>
    public IReadOnlyList<IPEndPoint> HttpEndpoints => redirect?.Endpoints ?? [];

    /// <summary>Of all sockets on which clients connect, open until this host is disposed of.</summary>
    public IReadOnlyList<int> Descriptors => [.. relay.Descriptors, .. redirect?.Descriptors ?? []];

    /// <summary>Where metrics and health checks are served; empty: nowhere.</summary>
    public IReadOnlyList<IPEndPoint> MetricsEndpoints => monitoring.Endpoints;

    /// <summary>An address as it is told to people: with a remark where it does not take what one would expect of it.</summary>
    public string Describe(IPEndPoint endpoint) =>
        sockets.LacksIpv4(endpoint, Endpoints.Concat(HttpEndpoints)) ? $"{endpoint} (IPv6 only)" : endpoint.ToString();

    /// <summary>The libraries that do the encryption.</summary>
    public string Cryptography => relay.Cryptography;

    public RouteTable Routes { get; private set; } = null!;

    /// <summary>The certificate in use.</summary>
    public ServerCertificate Certificate => certificates.Source.Current;

    /// <summary>The nginx that the web site, the error pages and port 80 behave like.</summary>
    public NginxProfile Like { get; }

    public string CertificateDescription => certificates.Source.Description;

    /// <summary>Null: limits.monthly_bytes is off.</summary>
    public BudgetKeeper? Budget { get; private set; }

    /// <summary>Connections open now.</summary>
    public int Connections => relay.Connections;

    /// <summary>How long open connections may continue once the program is stopping.</summary>
    public TimeSpan DrainTimeout => settings.Limits.DrainTimeout;

    /// <summary>Whether the last reload was rejected.</summary>
    public bool ConfigurationRejected { get; set; }

    public string Status => draining
        ? StatusText.Draining(Connections)
        : StatusText.Running(Connections, certificates.Describe().NotAfter, timeProvider.GetUtcNow(), ConfigurationRejected);

    public Task PingAsync() => relay.PingAsync();

    /// <summary>Starts to serve. If a part fails, the parts already started are stopped.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="sockets">Sockets that already listen on some of its addresses.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Creates each part's logger.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="StartException">One sentence for the operator.</exception>
    public static async Task<ServerHost> StartAsync(
        Settings settings,
        ActivatedSockets sockets,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var host = new ServerHost(settings, sockets, timeProvider, loggerFactory.CreateLogger("Heliograph"));
        try
        {
            await host.StartPartsAsync(loggerFactory, cancellationToken);
            return host;
        }
        catch (Exception exception)
        {
            await host.DisposeAsync();
            throw exception is RelayStartException or WebServerException or CertificateException
                ? new StartException(exception.Message)
                : exception;
        }
    }

    /// <summary>Checks for a new certificate at once. An invalid one is logged, and the current one stays in use.</summary>
    public void CheckForCertificate() => certificates.Reload(settings.Domains);

    /// <summary>Applies new settings while it runs. Everything that can fail is done before anything is changed.</summary>
    /// <param name="newSettings">The settings, with the addresses and the state directory from the start.</param>
    /// <param name="change">What differs from the current ones.</param>
    /// <exception cref="StartException">The certificate source cannot be opened; nothing was changed.</exception>
    /// <exception cref="WebServerException">The decoy's directory cannot be used; nothing was changed.</exception>
    /// <exception cref="CertificateException">OpenSSL does not accept the certificate; nothing was changed.</exception>
    public async Task ChangeAsync(Settings newSettings, SettingsChange change)
    {
        var options = change.Decoy ? DecoySetup.Options(newSettings, Like, fleet?.Access.Seed, timeProvider, logger) : decoyOptions;
        var site = change.Decoy ? await DecoySite.MakeAsync(options, timeProvider, CancellationToken.None) : null;
        var (chain, key) = (newSettings.Certificate.Chain, newSettings.Certificate.Key);
        if (change.Certificate && !(certificates.Source is FileSource files && files.CannotReopen(chain, key)))
            await certificates.ReplaceAsync(
                await CertificateSources.OpenAsync(newSettings, ports, fleet, timeProvider, logger), newSettings.Domains);
        else
            certificates.Reload(newSettings.Domains);
        sources.Use(newSettings.Sources);
        countries.Use(newSettings.CountryDatabase);
        lock (changing)
        {
            settings = newSettings;
            decoyOptions = options;
            Routes = HostListInUse.CreateRoutes(settings, hosts.ReadOrBuiltIn());
            if (site is not null)
                decoy.Use(site);
            redirect?.UseDomains(newSettings.Domains);
            relay.UseOptions(RelayOptions());
            access.UseMode(newSettings.Access.IsUnlisted);
        }
    }

    /// <summary>Lets the fleet restart this machine from now on: it serves.</summary>
    /// <param name="findProblem">Why the next process would not start; null: it would.</param>
    /// <param name="restart">Called once, when it is this machine's turn.</param>
    public void AcceptRestarts(Func<Task<string?>> findProblem, Action restart) => fleet?.AcceptRestarts(
        new RestartHandler(findProblem, () => settings.Limits.DrainTimeout + settings.Limits.HandoverTimeout, restart));

    /// <summary>Leaves the queues of the sockets that listen to the next process: call it before <see cref="DrainAsync"/>.</summary>
    /// <returns><see cref="Descriptors"/>.</returns>
    public async Task<IReadOnlyList<int>> HandOverAsync()
    {
        await relay.HandOverAsync();
        return Descriptors;
    }

    /// <summary>Stops accepting, and gives open connections <c>limits.drain_timeout</c> to finish.</summary>
    /// <returns>How many were still open after that, and were closed.</returns>
    public async Task<int> DrainAsync()
    {
        draining = true;
        // A certificate order in progress is interrupted; the next start resumes it.
        var stopped = certificates.DisposeAsync().AsTask().WaitAsync(settings.Limits.DrainTimeout, timeProvider);
        var left = await relay.DrainAsync(settings.Limits.DrainTimeout, settings.Limits.HandoverTimeout);
        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return left;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        while (parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    private async Task StartPartsAsync(ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        ProcessSetup.RequireOpenSsl();
        Own(StateDirectory.Open(settings.StateDirectory));
        fleet = FleetService.Open(settings.StateDirectory, timeProvider, logger);
        if (fleet is not null)
            await Own(fleet).LoadAsync(ServeOthers, cancellationToken);
        certificates = Own(
            new CertificateInUse(
                await CertificateSources.OpenAsync(settings, ports, fleet, timeProvider, logger), settings.Domains, timeProvider, logger));
        Routes = HostListInUse.CreateRoutes(settings, hosts.ReadOrBuiltIn());
        access = Own(
            new AccessKeeper(
                new AccessFile(settings.StateDirectory, timeProvider, logger),
                settings.Access.IsUnlisted,
                fleet is { } joined ? new SharedBook(() => joined.Access, timeProvider) : null,
                () => new MembershipFiles(settings.StateDirectory, timeProvider, logger).AreThere,
                timeProvider,
                logger));
        sources = Own(new SourceKeeper(settings.Sources, settings.StateDirectory, timeProvider, logger));
        countries = Own(new CountryKeeper(settings.CountryDatabase, timeProvider, logger));
        decoyOptions = DecoySetup.Options(settings, Like, fleet?.Access.Seed, timeProvider, logger);
        decoy = Own(
            await DecoySite.StartAsync(decoyOptions, timeProvider, loggerFactory.CreateLogger("Heliograph.Web"), cancellationToken));
        upstreamNames = Own(new UpstreamNames(settings.Upstream, () => Routes, timeProvider, logger));
        relay = Own(
            RelayServer.Start(
                RelayOptions(), certificates.Source.Current, upstreamNames.ResolveAsync, timeProvider,
                loggerFactory.CreateLogger("Heliograph.Relay")));
        access.Attach(relay.UseAccess);
        sources.Attach(relay.UseSources);
        countries.Attach(relay.UseCountries, () => relay.GetStatistics().Countries);
        if (settings.HttpListen.Count > 0)
            redirect = Own(await StartRedirectAsync(loggerFactory.CreateLogger("Heliograph.Web")));
        if (settings.Limits.Budget.MonthlyBytes > 0)
            Budget = Own(
                new BudgetKeeper(
                    settings.Limits.Budget,
                    settings.StateDirectory,
                    () => BudgetKeeper.Passed(relay.GetStatistics()),
                    relay.UseBudget,
                    timeProvider,
                    logger));
        var traffic = Own(
            new TrafficRecorder(settings.StateDirectory, () => Traffic.FromStatistics(relay.GetStatistics()), timeProvider, logger));
        var status = new StatusReader(
            relay.GetStatistics, certificates, traffic, () => Budget?.Read(), SelfCheckProblem, Groups, sources.Report, countries.Report,
            PageEndpoint, timeProvider)
        {
            ResolverProblem = () => upstreamNames.Problem,
            FleetProblem = () => fleet?.Problem,
        };
        Own(
            ControlServer.Start(
                settings.StateDirectory,
                new CertificateCommands(certificates).All
                    .Append(status.Command)
                    .Append(ListeningCommand.Create(() => [.. Endpoints, .. HttpEndpoints, .. monitoring?.Endpoints ?? []]))
                    .Concat(new AccessCommands(access, () => settings).All)
                    .Append(OwnConnections.Command((flight, opens) => relay.AnnounceOwn(flight, opens)))
                    .Append(ListCommand.Create(UseList))
                    .ToFrozenDictionary(StringComparer.Ordinal),
                timeProvider,
                logger));
        if (settings.Alerts.SelfCheck is { } interval)
            selfCheck = Own(
                new SelfCheck(
                    () => OwnProbe.Create(settings, relay.Endpoints, Routes, AnnounceAsync, timeProvider), interval, timeProvider, logger));
        Own(
            new AlertWatch(
                AlertSources(),
                AlertTarget.Open(settings.Alerts, WebhookTarget.Pauses, timeProvider),
                settings.StateDirectory,
                timeProvider,
                logger));
        monitoring = Own(
            await Monitoring.StartAsync(
                settings,
                MetricSources(),
                () => StatusPage.Write(status.Read(settings.Access.NamesInMetrics), timeProvider.GetUtcNow()),
                () => relay.RespondsAsync(LoopTimeout),
                loggerFactory.CreateLogger("Heliograph.Metrics")));
        certificates.Watch(relay.UseCertificate);
        fleet?.Start(ServeOthers, () => MachineReports.Create(relay, certificates.Describe()), UseShared);
        WarnOfMissingIpv4();
    }

    /// <summary>Routes by the stored list of hosts from now on.</summary>
    private HostList UseList()
    {
        lock (changing)
        {
            var list = hosts.Read();
            Routes = HostListInUse.CreateRoutes(settings, list);
            relay.UseOptions(RelayOptions());
            return list;
        }
    }

    private void WarnOfMissingIpv4()
    {
        var listening = Endpoints.Concat(HttpEndpoints).ToList();
        foreach (var endpoint in listening.Where(endpoint => sockets.LacksIpv4(endpoint, listening)))
            HostLog.Ipv6Only(logger, endpoint);
    }

    private Task<RedirectServer> StartRedirectAsync(ILogger logger) => RedirectServer.StartAsync(
        sockets.Extend(settings.HttpListen),
        sockets.Inherited.ToDictionary(static one => one.Key, static one => one.Value.Descriptor),
        Keys.HttpListen.Name,
        Like,
        settings.Domains,
        ports.KeyAuthorization,
        logger);

    private ValueTask AnnounceAsync(ReadOnlyMemory<byte> flight, CancellationToken cancellationToken)
    {
        // As a group's client: the self-check asks for a name that no group has.
        relay.AnnounceOwn(flight.Span, opens: true);
        return ValueTask.CompletedTask;
    }

    private string? SelfCheckProblem() => selfCheck?.Last is { IsFailing: true } last ? last.Problem : null;

    /// <summary>Null: every name of the proxy leads to Signal's hosts.</summary>
    private IReadOnlyList<GroupReport>? Groups() => settings.Access.IsUnlisted ? access.Report() : null;

    /// <summary>Where the operator's page is, rather on loopback. Null before the start is over, and without metrics.listen.</summary>
    private IPEndPoint? PageEndpoint() =>
        (monitoring?.Endpoints ?? []).OrderByDescending(static endpoint => IPAddress.IsLoopback(endpoint.Address)).FirstOrDefault();

    private AlertSources AlertSources() => new()
    {
        Groups = () => Groups() ?? [],
        NamesGroups = () => settings.Access.NamesInAlerts,
        Proxy = () => settings.Domains[0],
        Relay = relay.GetStatistics,
        Certificate = certificates.Describe,
        SelfCheck = () => selfCheck?.Last,
        FleetProblem = fleet is { } joined ? () => joined.Problem : null,
    };

    private MetricSources MetricSources() => new()
    {
        Groups = () => settings.Access.NamesInMetrics ? Groups() ?? [] : [],
        Relay = relay.GetStatistics,
        Sources = sources.Report,
        Budget = () => Budget?.Read(),
        Certificate = certificates.Describe,
        SelfCheck = () => selfCheck?.Last,
        Machine = settings.LabelsMachine ? fleet?.Access.Member.Node : null,
        NotReady = () => Readiness.Problem(draining, certificates.Describe(), timeProvider.GetUtcNow()),
    };

    private void ServeOthers(IReadOnlyList<SharedProof> proofs) => ports.ServeOthers(proofs, timeProvider.GetUtcNow());

    private void UseShared()
    {
        certificates.UseShared();
        access.UseShared();
    }

    private RelayOptions RelayOptions() =>
        RelaySetup.Options(settings, Like, sockets, Routes, DecoySetup.Endpoints(settings.Decoy, decoy)) with
        {
            Access = access.Table,
            Sources = sources.Rules,
            Validations = ports.Validations,
        };

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        parts.Push(part);
        return part;
    }
}
