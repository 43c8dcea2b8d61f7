using System.Net;
using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Pebble;

/// <summary>A real Pebble on loopback that really validates, with its own name server and certificate.</summary>
public sealed class PebbleServer : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new("Pebble listener authority");
    private readonly ChildProcess? names;
    private readonly HttpClient management;
    private readonly string managementAddress;
    private readonly string address;
    private readonly string? namesAddress;
    private readonly ChildProcess process;

    private PebbleServer(PebbleOptions options)
    {
        Installed("pebble");
        Port = options.Port ?? LoopbackPort.Free().Port;
        address = options.Address;
        managementAddress = LoopbackPort.Free().ToString();
        CaRootFile = directory.Write("ca-root.pem", authority.RootPem);
        authority.Issue(TestKey.Ecdsa, [.. new[] { "127.0.0.1", "localhost", address }.Distinct()]).WriteTo(directory);
        management = new HttpClient(
            new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = authority.ChainPolicy() } })
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
        var nameServer = options.DnsServer;
        if (nameServer is null)
        {
            nameServer = LoopbackPort.Free().ToString();
            namesAddress = LoopbackPort.Free().ToString();
            names = ChildProcess.Start(
                Installed("pebble-challtestsrv"),
                [
                    "-dns01",
                    nameServer,
                    "-management",
                    namesAddress,
                    "-http01",
                    "",
                    "-https01",
                    "",
                    "-tlsalpn01",
                    "",
                    "-defaultIPv4",
                    "127.0.0.1",
                    "-defaultIPv6",
                    "",
                ]);
        }
        var config = directory.Write("pebble.json", Config(options));
        NameServer = nameServer;
        process = ChildProcess.Start(
            "pebble",
            ["-config", config, "-dnsserver", nameServer],
            directory.Path,
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["PEBBLE_VA_NOSLEEP"] = "1",
                ["PEBBLE_AUTHZREUSE"] = "0",
                ["PEBBLE_WFE_NONCEREJECT"] = options.NonceRejectPercent.ToString(),
                ["PEBBLE_ALTERNATE_ROOTS"] = options.AlternateRoots.ToString(),
                ["PEBBLE_VA_ALWAYS_VALID"] = null,
            });
    }

    public int Port { get; }

    /// <summary>The value for <c>acme.directory</c>.</summary>
    public string DirectoryUrl => $"https://{address}:{Port}/dir";

    /// <summary>The value for <c>acme.ca_root</c>: the root of Pebble's own web server, not of the certificates it issues.</summary>
    public string CaRootFile { get; }

    /// <summary>The name server that it queries.</summary>
    public string NameServer { get; }

    /// <summary>All of Pebble's output; it logs every request.</summary>
    public string Log => process.AllOutput;

    /// <summary>
    /// How many orders asked for no new proof of their name. Pebble compares a number from 0 to 99 with PEBBLE_AUTHZREUSE by "greater", so
    /// that even at 0 it accepts the proof of before in one of a hundred.
    /// </summary>
    public int ReusedProofs => Count("Added order ") - Count("There are now ", " authorizations in the db");

    public static async Task<PebbleServer> StartAsync(PebbleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var pebble = new PebbleServer(options);
        try
        {
            if (pebble.names is { } names)
                await names.WaitForLineAsync(line => line.Contains("management server", StringComparison.OrdinalIgnoreCase), StartBound);
            await pebble.process.WaitForLineAsync(line => line.Contains("ACME directory available", StringComparison.Ordinal), StartBound);
            await pebble.WaitUntilItAnswersAsync();
            return pebble;
        }
        catch
        {
            await pebble.DisposeAsync();
            throw;
        }
    }

    /// <summary>The root of the certificates it issues; a new one at every start, and one for each alternate chain.</summary>
    public Task<string> IssuingRootAsync(int index = 0) => management.GetStringAsync(new Uri($"https://{managementAddress}/roots/{index}"));

    /// <summary><c>Valid</c> or <c>Revoked</c>.</summary>
    public async Task<string> StatusAsync(string serialNumber)
    {
        ArgumentNullException.ThrowIfNull(serialNumber);
        var serial = serialNumber.TrimStart('0');
        var text = await management.GetStringAsync(new Uri($"https://{managementAddress}/cert-status-by-serial/{serial}"));
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("Status").GetString()!;
    }

    /// <summary>
    /// Puts a TXT record into pebble-challtestsrv: what a DNS-01 hook calls. The body is <c>{"host": FQDN, "value": VALUE}</c>.
    /// </summary>
    public string SetTxtUrl => $"http://{namesAddress}/set-txt";

    public string ClearTxtUrl => $"http://{namesAddress}/clear-txt";

    /// <summary>Every name has this address from now on.</summary>
    public async Task PointAsync(IPAddress to)
    {
        ArgumentNullException.ThrowIfNull(to);
        using var body = new StringContent(new JsonObject { ["ip"] = to.ToString() }.ToJsonString());
        using var answer = await management.PostAsync(new Uri($"http://{namesAddress}/set-default-ipv4"), body);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>It accepts connections and answers nothing.</summary>
    public void Freeze() => process.Signal(Processes.SIGSTOP);

    public void Thaw() => process.Signal(Processes.SIGCONT);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        if (names is not null)
            await names.DisposeAsync();
        management.Dispose();
        authority.Dispose();
        directory.Dispose();
    }

    private int Count(params string[] parts) =>
        Log.Split('\n').Count(line => Array.TrueForAll(parts, part => line.Contains(part, StringComparison.Ordinal)));

    private string Config(PebbleOptions options)
    {
        var pebble = new JsonObject
        {
            ["listenAddress"] = $"{address}:{Port}",
            ["managementListenAddress"] = managementAddress,
            ["certificate"] = directory["chain.pem"],
            ["privateKey"] = directory["key.pem"],
            ["httpPort"] = options.HttpPort,
            ["tlsPort"] = options.TlsPort,
            ["ocspResponderURL"] = "",
        };
        if (options.ExternalAccounts is { } accounts)
        {
            pebble["externalAccountBindingRequired"] = true;
            pebble["externalAccountMACKeys"] = new JsonObject(
                accounts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        }
        if (options.CertificateSeconds is { } seconds)
            pebble["certificateValidityPeriod"] = seconds;
        return new JsonObject { ["pebble"] = pebble }.ToJsonString();
    }

    /// <summary>It reports that it is available a moment before it listens.</summary>
    private async Task WaitUntilItAnswersAsync()
    {
        using var timeout = new CancellationTokenSource(StartBound);
        while (true)
        {
            try
            {
                await management.GetStringAsync(new Uri($"https://{managementAddress}/roots/0"), timeout.Token);
                await management.GetStringAsync(new Uri(DirectoryUrl), timeout.Token);
                return;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Pebble does not report when it listens.
                await Task.Delay(20, timeout.Token);
            }
        }
    }

    private static string Installed(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)))
            ? program
            : throw new InvalidOperationException($"{program} is not installed: apt-get install pebble");
}
