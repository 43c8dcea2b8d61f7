using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Libsignal;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Story;

/// <summary>What a volunteer does, from an empty machine to the week's total, with the documented commands.</summary>
public sealed class VolunteerStoryTests(LibsignalProject libsignal) : IClassFixture<LibsignalProject>
{
    private const string Name = "proxy.heliograph.test";

    /// <summary>
    /// The client library resolves the proxy's name itself, and no test name resolves:
    /// it uses the address, which is in the certificate too.
    /// </summary>
    private const string Address = "127.0.0.1";

    [Fact(Timeout = Bound.LongTest)]
    public async Task Init_run_check_traffic_status_and_the_weeks_total_after_a_restart()
    {
        Proxy.NeedsHeliograph();
        using var machine = new TempDirectory();
        using var signal = new TestAuthority();
        var signalRoot = machine.Write("signal-root.pem", signal.RootPem);
        await File.WriteAllBytesAsync(machine["signal-root.der"], signal.Root.RawData, Bound.Token);
        var (chain, key) = signal.Issue(TestKey.Ecdsa, "localhost").WriteTo(machine);
        var (chatServer, chatPort) = await libsignal.StartChatServerAsync(chain, key, httpVersion: 2);
        await using var _ = chatServer;
        var (tls, http) = (LoopbackPort.Free(), LoopbackPort.Free());
        await using var pebble = await PebbleServer.StartAsync(new PebbleOptions { TlsPort = tls.Port, HttpPort = http.Port });
        var config = machine["heliograph.yaml"];

        var init = await BuiltProgram.RunAsync(
            "init",
            "--offline",
            "--config",
            config,
            "--domain",
            Name,
            "--domain",
            Address,
            "--email",
            "volunteer@example.org",
            "--listen",
            $"{tls}",
            "--http-listen",
            $"{http}",
            "--acme-directory",
            pebble.DirectoryUrl,
            "--acme-ca-root",
            pebble.CaRootFile,
            "--route",
            $"localhost=127.0.0.1:{chatPort}",
            "--state-directory",
            machine["state"]);
        // 3: it warns that Android cannot use a port other than 443.
        Assert.True(init.ExitCode is 0 or 3, init.Output + init.Errors);
        Assert.Contains($"https://signal.tube/#{Name}", init.Output, StringComparison.Ordinal);

        var root = machine.Write("issued-by.pem", await pebble.IssuingRootAsync());
        await using (var server = await HeliographProcess.StartAsync(config, machine.Path))
        {
            await server.Child.WaitForLineAsync(
                static line => line.Contains("New certificate: ", StringComparison.Ordinal), TimeSpan.FromSeconds(60));

            string[] check =
            [
                "check",
                $"{Name}:{tls.Port}",
                "--resolve",
                $"{Name}:{Address}",
                "--ca-root",
                root,
                "--signal-root",
                signalRoot,
                "--route",
                "localhost",
                "--http-port",
                $"{http.Port}",
                "--neutral",
                "none",
            ];
            var checkedFromOutside = await BuiltProgram.RunAsync([.. check, "--json"]);
            Assert.True(checkedFromOutside.ExitCode is 0 or 3, checkedFromOutside.Output + checkedFromOutside.Errors);
            Assert.StartsWith("works", Json(checkedFromOutside.Output).GetProperty("verdict").GetString(), StringComparison.Ordinal);

            var driven = await libsignal.DriveAsync(
                root,
                TimeSpan.FromSeconds(60),
                "chat",
                Address,
                $"{tls.Port}",
                $"{chatPort}",
                machine["signal-root.der"],
                "2",
                "12",
                "100000");
            Assert.True(driven.ExitCode == 0, driven.Output + driven.Errors);

            // 12 of the library and one of check, rounded up to a multiple of 8.
            await Polling.UntilAsync(
                async () => await RelayedAsync(config, "connections", "relayed") == 0, BuiltProgram.Limit, "connections stay");
            Assert.Equal(16, await RelayedAsync(config, "totals", "this_week", "connections"));
            server.Child.Signal(Processes.SIGTERM);
            Assert.Equal(0, await server.Child.WaitForExitAsync(BuiltProgram.Limit));
        }

        await using var again = await HeliographProcess.StartAsync(config, machine.Path);
        var status = await BuiltProgram.RunAsync("status", "--config", config);
        Assert.Equal((0, ""), (status.ExitCode, status.Errors));
        Assert.Contains("This week your proxy carried 16 connections and ", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("self-signed", status.Output, StringComparison.Ordinal);
    }

    private static async Task<long> RelayedAsync(string config, params string[] path)
    {
        var (exitCode, output, errors) = await BuiltProgram.RunAsync("status", "--config", config, "--json");
        Assert.True(exitCode == 0, errors);
        return path.Aggregate(Json(output), static (at, name) => at.GetProperty(name)).GetInt64();
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
