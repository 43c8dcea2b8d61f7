using System.Diagnostics;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>The packaged units under systemd itself, with a configuration that has an error while a client waits at the socket.</summary>
[Trait("Needs", "root")]
public sealed class FailingStartTests
{
    private const string Service = "heliograph.service";
    private const string Socket = "heliograph.socket";

    /// <summary>RestartSec= of the unit.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_client_that_waits_causes_no_storm_of_starts_and_costs_no_port_and_is_served_once_the_error_is_mended()
    {
        await using var service = new ManagedService();
        await using var systemd = await SystemdProcess.StartAsync(
            service.Directory, (Service, ServiceUnit(service)), (Socket, SocketUnit(service)));
        service.Directory.Write("heliograph.yaml", "domains: []\n");
        Assert.Equal(0, (await systemd.AskAsync("start", Socket)).ExitCode);

        var clock = Stopwatch.StartNew();
        using var client = new TcpClient();
        await client.ConnectAsync(service.Https, Bound.Token);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Bound.Token);
        await Polling.UntilAsync(() => Starts(service) >= 3, TimeSpan.FromSeconds(60), "it is not tried again");
        Assert.True(clock.Elapsed > Pace * 1.9, $"three starts in {clock.Elapsed}");
        // An operator's own attempts: each fails at once, and however many there are, the ports stay.
        for (var attempt = 0; attempt < 8; attempt++)
            Assert.NotEqual(0, (await systemd.AskAsync("restart", Service)).ExitCode);
        Assert.Equal("active", (await systemd.AskAsync("is-active", Socket)).Output.Trim());

        service.Write("routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }");
        Assert.Equal(0, (await systemd.AskAsync("restart", Service)).ExitCode);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(Bound.Token));
        Assert.StartsWith("HTTP/1.1 200 OK", await service.VisitAsync(), StringComparison.Ordinal);
    }

    private static int Starts(ManagedService service) => !File.Exists(service.Directory["log"])
        ? 0
        : File.ReadLines(service.Directory["log"]).Count(static line => line.Contains("the configuration has", StringComparison.Ordinal));

    /// <summary>Without the sandbox, which only the system's manager can build, and with a log that the test can read.</summary>
    private static string ServiceUnit(ManagedService service) =>
        Units.Service.Split("# A user of its own")[0].Replace(Units.InstalledProgram, HeliographProcess.Program, StringComparison.Ordinal)
        + $"Environment=HELIOGRAPH_CONFIG={service.Directory["heliograph.yaml"]}\n"
        + $"StandardError=append:{service.Directory["log"]}\nStandardOutput=append:{service.Directory["log"]}\n";

    private static string SocketUnit(ManagedService service) => Units.Socket
        .Replace("[::]:443", $"{service.Https}", StringComparison.Ordinal).Replace("[::]:80", $"{service.Http}", StringComparison.Ordinal);
}
