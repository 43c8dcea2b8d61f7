using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary>What is served while certificates are issued, renewed, or unavailable.</summary>
public sealed class ServingTests
{
    // The extension of a validation certificate (RFC 8737 section 3).
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    /// <summary>The first back-off is a minute, plus or minus half.</summary>
    private const int BackoffTest = 150_000;

    [Fact(Timeout = Bound.LongTest)]
    public async Task While_a_validation_is_pending_500_ordinary_clients_never_see_its_certificate()
    {
        await using var proxy = new AcmeProxy { HasHttp = false };
        // The real Pebble's real validator is held up in front of the program's port.
        await using var gate = new Gate(proxy.Tls);
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble with { TlsPort = gate.Port });
        proxy.Configure(pebble, "challenges: [tls-alpn-01]");
        await proxy.StartAsync();
        await gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        string[][] offers = [[], ["h2", "http/1.1"], ["http/1.1"], ["h2", "acme-tls/1"]];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 500; i++)
        {
            using var certificate = await proxy.SeenAsync(AcmeProxy.Name, offers[i % offers.Length]);
            Assert.DoesNotContain(certificate.Extensions, static extension => extension.Oid?.Value == AcmeIdentifier);
            seen.Add(certificate.Thumbprint);
        }
        Assert.Single(seen);
        // The validation really was pending all this time.
        using (var validation = await proxy.SeenAsync(AcmeProxy.Name, "acme-tls/1"))
            Assert.Contains(validation.Extensions, static extension => extension.Oid?.Value == AcmeIdentifier);
        gate.Open();
        await proxy.IssuedAsync();
        await proxy.TrustedAsync(pebble);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Certificates_that_live_for_seconds_are_renewed_under_traffic_and_no_connection_breaks()
    {
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, "chat.signal.org"), StandInBehaviour.EchoAsync);
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble with { CertificateSeconds = 16 });
        proxy.Configure(pebble, hosts: $"chat.signal.org: \"{signal.Endpoint}\"");
        await proxy.StartAsync();
        await proxy.IssuedAsync();
        using var root = X509Certificate2.CreateFromPem(await pebble.IssuingRootAsync());

        var serials = new HashSet<string>(StringComparer.Ordinal);
        var renewed = new TaskCompletionSource();
        var traffic = Enumerable.Range(0, 10).Select(seed => EchoUntilAsync(proxy, seed, renewed.Task)).ToArray();
        await Polling.UntilAsync(
            async () =>
            {
                using var served = await proxy.SeenAsync();
                // It is valid at every check: no certificate was served after it expired.
                Assert.True(served.NotAfter > DateTime.Now, $"expired at {served.NotAfter:u}:\n{proxy.Program.Errors}");
                serials.Add(served.SerialNumber);
                return serials.Count >= 3 || traffic.Any(static task => task.IsCompleted);
            },
            AcmeProxy.Issued,
            "fewer than two renewals:\n" + proxy.Program.AllOutput);
        renewed.SetResult();
        var rounds = await Task.WhenAll(traffic);
        Assert.True(serials.Count >= 3);
        Assert.All(rounds, static round => Assert.True(round > 1));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task After_a_restart_with_the_authority_down_the_stored_certificate_is_served_at_once()
    {
        await using var proxy = new AcmeProxy();
        string first;
        await using (var pebble = await PebbleServer.StartAsync(proxy.Pebble))
        {
            proxy.Configure(pebble);
            await proxy.StartAsync();
            await proxy.IssuedAsync();
            first = (await proxy.SeenAsync()).Thumbprint;
            await proxy.StopAsync();
        }
        await proxy.StartAsync();
        Assert.Equal(first, (await proxy.SeenAsync()).Thumbprint);
        Assert.Contains("by Pebble Intermediate CA", proxy.Program.Output, StringComparison.Ordinal);
        proxy.Program.Signal(Processes.SIGHUP);
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Checked whether the certificate is due for renewal; next renewal at ", StringComparison.Ordinal),
            AcmeProxy.Issued);
        Assert.Equal(first, (await proxy.SeenAsync()).Thumbprint);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_expired_stored_certificate_is_better_than_none()
    {
        await using var proxy = new AcmeProxy();
        string first;
        await using (var pebble = await PebbleServer.StartAsync(proxy.Pebble with { CertificateSeconds = 3 }))
        {
            proxy.Configure(pebble);
            await proxy.StartAsync();
            await proxy.IssuedAsync();
            await proxy.StopAsync();
        }
        using (
            var state = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(proxy.State, "acme", "certificate.json"), Bound.Token)))
        using (var stored = X509Certificate2.CreateFromPem(state.RootElement.GetProperty("chain_pem").GetString()))
        {
            first = stored.Thumbprint;
            await Polling.UntilAsync(() => stored.NotAfter < DateTime.Now, TimeSpan.FromSeconds(10), "the certificate does not expire");
        }
        await proxy.StartAsync();
        Assert.Equal(first, (await proxy.SeenAsync()).Thumbprint);
    }

    [Fact(Timeout = BackoffTest)]
    public async Task A_first_start_with_the_authority_down_serves_the_web_site_and_gets_its_certificate_once_the_authority_is_up()
    {
        await using var proxy = new AcmeProxy();
        int port;
        await using (var pebble = await PebbleServer.StartAsync(proxy.Pebble))
        {
            port = pebble.Port;
            proxy.Configure(pebble);
        }
        await proxy.StartAsync();
        var line = await proxy.Program.WaitForLineAsync(
            static line => line.Contains("No new certificate: ", StringComparison.Ordinal), AcmeProxy.Issued);
        Assert.Contains("127.0.0.1", line, StringComparison.Ordinal);
        using (var standIn = await proxy.SeenAsync())
            Assert.Equal("CN=Throw-away CA", standIn.Issuer);
        await using var back = await PebbleServer.StartAsync(proxy.Pebble with { Port = port });
        File.Copy(back.CaRootFile, proxy.CaRoot, overwrite: true);
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("New certificate: ", StringComparison.Ordinal), TimeSpan.FromSeconds(110));
        await proxy.TrustedAsync(back);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_second_server_with_the_same_state_directory_does_not_start_and_orders_nothing()
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        proxy.Configure(pebble);
        await proxy.StartAsync();
        var (code, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program,
            ["run", "--config", proxy.Config, "--listen", "127.0.0.1:0", "--http-listen", "none"],
            AcmeProxy.Issued);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            $"heliograph: another heliograph runs with the state directory {proxy.State}; stop it first, or choose another directory " +
            $"with --state-directory DIR\n",
            errors);
        await proxy.IssuedAsync();
        Assert.Equal(1, AcmeProxy.Orders(pebble));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_killed_server_does_not_prevent_the_next_start()
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        proxy.Configure(pebble);
        await proxy.StartAsync();
        await proxy.IssuedAsync();
        proxy.Program.Signal(9);
        await proxy.Program.WaitForExitAsync(AcmeProxy.Issued);
        Assert.True(File.Exists(Path.Combine(proxy.State, "control.sock")));
        var (_, stopped, _) = await proxy.CommandAsync("show");
        Assert.Contains("not running; this is what is stored in", stopped, StringComparison.Ordinal);
        await proxy.StartAsync();
        var (_, running, _) = await proxy.CommandAsync("show");
        Assert.Contains("server        running\n", running, StringComparison.Ordinal);
        Assert.Equal(1, AcmeProxy.Orders(pebble));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_state_directory_is_private_and_no_output_contains_a_secret_even_at_the_most_verbose_level()
    {
        await using var proxy = new AcmeProxy();
        await using var gate = new Gate(proxy.Http);
        gate.Open();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble with { HttpPort = gate.Port });
        proxy.Configure(pebble, "challenges: [http-01]");
        await proxy.StartAsync("--log-level", "trace");
        await proxy.IssuedAsync();
        Assert.Equal(0, (await proxy.CommandAsync("show", "--json")).ExitCode);

        var modes = Directory
            .EnumerateFileSystemEntries(proxy.State, "*", SearchOption.AllDirectories)
            .Append(proxy.State)
            .ToDictionary(
                path => Path.GetRelativePath(proxy.State, path),
                path => Convert.ToString((int)File.GetUnixFileMode(path), 8),
                StringComparer.Ordinal);
        Assert.All(modes, static entry => Assert.Equal(entry.Key is "." or "acme" ? "700" : "600", entry.Value));
        Assert.Equal(
            [".", "acme", "acme/account", "acme/certificate.json", "acme/lock", "control.sock", "decoy.seed", "server.lock"],
            modes
                .Keys.Select(static name => name.StartsWith("acme/account-", StringComparison.Ordinal) ? "acme/account" : name)
                .Order(StringComparer.Ordinal));

        await proxy.StopAsync();
        var secrets = Secrets(proxy.State, gate.Kept);
        Assert.Equal(5, secrets.Count);
        foreach (var secret in secrets)
        {
            Assert.True(secret.Length > 20);
            Assert.DoesNotContain(secret, proxy.Program.AllOutput, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Path.Combine(proxy.State, "control.sock")));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Commands_work_even_if_the_state_directorys_path_is_too_long_for_a_socket()
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        proxy.Configure(pebble);
        var state = Path.Combine(proxy.Directory.Path, new string('s', 120));
        await proxy.StartAsync("--state-directory", state);
        await proxy.IssuedAsync();
        var (code, output, _) = await proxy.CommandAsync("show", "--state-directory", state);
        Assert.Equal(0, code);
        Assert.Contains("server        running\n", output, StringComparison.Ordinal);
        await proxy.StopAsync();
        Assert.False(File.Exists(Path.Combine(state, "control.sock")));
    }

    private static List<string> Secrets(string state, byte[] validation)
    {
        var secrets = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(state, "acme"), "*.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            // A line from the middle of the key: the first and last lines are the same in every PEM file.
            secrets.Add(json.RootElement.GetProperty("key_pem").GetString()!.Split('\n')[1]);
        }
        var text = Encoding.Latin1.GetString(validation);
        var token = text.Split("/.well-known/acme-challenge/")[1].Split(' ')[0];
        var body = text[text.LastIndexOf("\r\n\r\n", StringComparison.Ordinal)..].Trim();
        secrets.AddRange([token, body, body.Split('.')[1]]);
        Assert.StartsWith(token + ".", body, StringComparison.Ordinal);
        return secrets;
    }

    private static async Task<int> EchoUntilAsync(AcmeProxy proxy, int seed, Task end)
    {
        using var outer = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await outer.ConnectAsync(proxy.Tls, Bound.Token);
        await using var tls = new SslStream(new NetworkStream(outer), false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = AcmeProxy.Name }, Bound.Token);
        await using var inner = new SslStream(tls, false, static (_, _, _, _) => true);
        await inner.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "chat.signal.org" }, Bound.Token);
        var rounds = 0;
        do
        {
            await Echo.RoundTripAsync(inner, seed, 20_000);
            rounds++;
        }
        while (!end.IsCompleted);
        await Echo.RoundTripAsync(inner, seed, 20_000);
        return rounds + 1;
    }
}
