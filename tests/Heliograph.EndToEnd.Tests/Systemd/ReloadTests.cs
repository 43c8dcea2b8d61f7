using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>SIGHUP reloads the configuration. A valid one applies to new connections; an invalid one changes nothing.</summary>
public sealed class ReloadTests : IAsyncDisposable
{
    private const string First = "first.example";
    private const string Second = "second.example";
    private const string Rejected = "The new configuration is rejected; the previous one stays in use: ";

    private readonly StandInSignal upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
    private readonly ManagedService service = new();

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await upstream.DisposeAsync();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_new_route_works_an_old_one_does_not_and_a_relayed_connection_continues()
    {
        await StartAsync(Route(First));
        await using var open = await service.ConnectAsync(First);

        service.Write(Route(Second) + "\nlimits: { idle_timeout: 5m }");
        await ReloadAsync("changed: routes.hosts, limits.idle_timeout");

        await using (await service.ConnectAsync(Second))
        {
        }
        Assert.StartsWith("HTTP/1.1 400", await service.AnswerToAsync(First), StringComparison.Ordinal);
        await Echo.RoundTripAsync(open.Outer, 1, 10_000);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_configuration_with_errors_is_rejected_with_all_of_them_and_the_previous_one_stays_in_use()
    {
        await StartAsync(Route(First));
        service.Write(Route(Second) + "\nlimits: { idle_timeout: soon }\ndomans: [a.example]");

        var ready = await ReadyAfterReloadAsync();
        Assert.EndsWith("; the new configuration was rejected, see the log", ready[1], StringComparison.Ordinal);
        await LogAsync(Rejected + "limits.idle_timeout (");
        await LogAsync(Rejected + "domans (");
        await using (await service.ConnectAsync(First))
        {
        }

        // The unit checks first, so that "systemctl reload" fails.
        var validate = Units.Command("ExecReload");
        var (code, _, errors) = await ChildProcess.RunAsync(
            validate[0], validate[1..], BuiltProgram.Limit, environment: service.Environment);
        Assert.Equal(2, code);
        Assert.StartsWith("heliograph: the configuration has 2 errors:", errors, StringComparison.Ordinal);

        service.Write(Route(First));
        Assert.DoesNotContain("rejected", (await ReadyAfterReloadAsync())[1], StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Changes_that_need_a_restart_are_logged_in_one_line_and_the_rest_is_applied()
    {
        await StartAsync(Route(First));
        service.Write(Route(Second) + "\nmetrics: { listen: [\"127.0.0.1:9464\"] }", stateDirectory: "elsewhere");
        await ReloadAsync("changed: routes.hosts");
        await LogAsync(
            "These configuration changes take effect only after a restart (systemctl restart heliograph): metrics.listen, state_directory");
        await using (await service.ConnectAsync(Second)) { }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_missing_decoy_directory_is_rejected_and_an_existing_one_is_served()
    {
        await StartAsync(Route(First));
        service.Write(Route(First) + "\ndecoy: { directory: /nowhere/at/all }");
        await ReadyAfterReloadAsync();
        await LogAsync(Rejected + "The decoy's directory /nowhere/at/all does not exist");

        var site = Directory.CreateDirectory(service.Directory["site"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(site, "index.html"), "a page of the operator's", Bound.Token);
        service.Write(Route(First) + $"\ndecoy: {{ directory: \"{site}\" }}");
        await ReloadAsync("changed: decoy.site, decoy.directory");
        Assert.EndsWith("a page of the operator's", await service.VisitAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Another_certificate_source_is_applied_and_an_unreadable_one_is_rejected()
    {
        await StartAsync(Route(First));
        service.Write(Route(First), certificate: "{ source: files, chain: /nowhere/chain.pem, key: /nowhere/key.pem }");
        await ReadyAfterReloadAsync();
        await LogAsync(Rejected + "certificate.chain: /nowhere/chain.pem cannot be read");
        await using (await service.ConnectAsync(First))
        {
        }

        service.Write(Route(First), certificate: "{ source: self-signed }");
        await ReloadAsync("changed: certificate.source");
        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(async () => await service.ConnectAsync(First));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_log_level_is_applied()
    {
        await StartAsync(Route(First) + "\nlog: { level: error }");
        service.Write(Route(First) + "\nlog: { level: debug }");
        await ReloadAsync("changed: log.level");
        await (await service.ConnectAsync(First)).DisposeAsync();
        await LogAsync("a connection ended: Relayed");
    }

    private string Route(string name) => $"routes: {{ sets: [], hosts: {{ {name}: \"{upstream.Endpoint}\" }} }}";

    private async Task StartAsync(string settings)
    {
        service.Start(settings);
        await service.Notify.WaitForAsync("READY=1");
    }

    private async Task ReloadAsync(string log)
    {
        var ready = await ReadyAfterReloadAsync();
        Assert.DoesNotContain("rejected", ready[1], StringComparison.Ordinal);
        await LogAsync("Configuration reloaded; " + log);
    }

    private Task<string> LogAsync(string text) =>
        service.Manager.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), Bound.Prompt);

    private async Task<IReadOnlyList<string>> ReadyAfterReloadAsync()
    {
        service.Manager.Signal(Processes.SIGHUP);
        await service.Notify.WaitForAsync("RELOADING=1");
        return await service.Notify.WaitForAsync("READY=1");
    }
}
