using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Packaging.Tests.Machines;

/// <summary>A machine on which the package is installed, with clients and a stand-in for Signal on this one.</summary>
public abstract class InstalledMachine(string suite) : IAsyncLifetime
{
    public const string Service = "heliograph.service";
    public const string Socket = "heliograph.socket";

    /// <summary>The machine's name for clients.</summary>
    private const string Name = "proxy.example";

    /// <summary>The host that is relayed.</summary>
    private const string SignalHost = "storage.signal.org";

    /// <summary>Where the packages are on the machine, heliograph.deb and newer.deb.</summary>
    /// <summary>In the machine.</summary>
    public const string PackageDirectory = "/packages";

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();
    private readonly StandInSignal signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
    private Machine? machine;

    internal Machine Machine => machine!;

    public async ValueTask InitializeAsync()
    {
        var image = await MachineImage.MadeAsync(suite);
        File.Copy(Packages.Deb, directory["heliograph.deb"]);
        await OtherVersions.MakeNewerAsync(directory.Path);
        await Tool.RunAsync("tar", "-cf", directory["packages.tar"], "-C", directory.Path, "heliograph.deb", "newer.deb");
        machine = await Machine.StartAsync(image, directory["packages.tar"]);
        await machine.RunAsync($"mkdir {PackageDirectory} && tar -xf /dev/vdb -C {PackageDirectory}");
    }

    public async ValueTask DisposeAsync()
    {
        if (machine is not null)
            await machine.DisposeAsync();
        await signal.DisposeAsync();
        authority.Dispose();
        directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whatever the test before has left: the service runs, in the version that was built, with this configuration.</summary>
    public async Task ServeAsync(string settings = "")
    {
        var version = await Machine.TryAsync("dpkg-query --show --showformat '${Status} ${Version}' heliograph");
        if (version.Output != $"install ok installed {Packages.Version}")
            await InstallAsync("heliograph.deb");
        // Beyond the days that a test forges.
        var certificate = authority.IssueFor(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(29), Name);
        await Machine.WriteAsync("/etc/heliograph/chain.pem", certificate.ChainPem);
        await Machine.WriteAsync("/etc/heliograph/key.pem", certificate.KeyPem);
        await Machine.RunAsync("chown root:heliograph /etc/heliograph/key.pem && chmod 640 /etc/heliograph/key.pem");
        await ConfigureAsync(settings);
        await Machine.RunAsync($"""
            set -e
            systemctl reset-failed
            systemctl --quiet enable {Service}
            systemctl restart {Service}
            systemctl is-active --quiet {Service} {Socket}
            """);
    }

    /// <summary>Writes the configuration file.</summary>
    public Task ConfigureAsync(string settings) =>
        Machine.WriteAsync("/etc/heliograph/heliograph.yaml", $$"""
            domains: [{{Name}}]
            certificate: { source: files, chain: /etc/heliograph/chain.pem, key: /etc/heliograph/key.pem }
            routes: { sets: [], hosts: { {{SignalHost}}: "{{Machine.LoopbackAddress}}:{{signal.Endpoint.Port}}" } }
            {{settings}}

            """);

    /// <summary>Installs one of the packages, as an operator does.</summary>
    /// <param name="package">heliograph.deb, or newer.deb.</param>
    public Task<string> InstallAsync(string package) => Machine.RunAsync($"dpkg --install {PackageDirectory}/{package}");

    /// <inheritdoc cref="Machine.RunAsync"/>
    public Task<string> RunAsync(string script) => Machine.RunAsync(script);

    /// <inheritdoc cref="Machine.TryAsync"/>
    public Task<(int ExitCode, string Output, string Errors)> TryAsync(string script) => Machine.TryAsync(script);

    /// <summary>A property of a unit, as systemd shows it.</summary>
    public async Task<string> ShowAsync(string unit, string property) =>
        (await Machine.RunAsync($"systemctl show --property {property} --value {unit}")).Trim();

    public Task<string> ProcessAsync() => ShowAsync(Service, "MainPID");

    /// <summary>What the service has written, and systemd about it, since the machine started.</summary>
    public async Task<string> JournalAsync()
    {
        await Machine.RunAsync("journalctl --sync");
        return await Machine.RunAsync($"journalctl --no-pager --boot --output cat --unit {Service}");
    }

    /// <summary>The first page of the web site.</summary>
    public async Task<string> VisitAsync(TimeSpan? limit = null)
    {
        var answer = await Visitor.VisitAsync(Machine.Https, limit ?? TimeSpan.FromMinutes(1));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        return answer.Split("\r\n\r\n", 2)[1];
    }

    /// <summary>A client whose connection is relayed to the stand-in for Signal.</summary>
    internal Task<RelayedClient> ConnectAsync() =>
        RelayedClient.ConnectAsync(
            new TlsInTlsOptions { Proxy = Machine.Https, Authority = authority, OuterName = Name, InnerName = SignalHost });
}
