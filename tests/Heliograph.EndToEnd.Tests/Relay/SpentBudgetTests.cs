using System.Net;
using Heliograph.Budget;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>The built program with a budget.</summary>
public class SpentBudgetTests
{
    private const string Host = "storage.signal.org";

    /// <summary>More than any machine relays in the second between two checks.</summary>
    private const long OnOffer = 8_000_000_000;

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_proxy_with_a_spent_budget_is_a_web_site_for_everyone_and_stays_one_after_a_restart()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.Source(5, OnOffer), "monthly_bytes: 100MB");
        var (client, _, hello) = await relay.ConnectAsync();
        await using (client)
        {
            var read = await ReadToEndAsync(client.Outer);
            // Relayed bytes come in and go out, so they count twice. The budget is checked once a second.
            Assert.InRange(read, 50_000_000, OnOffer - 1);
            await relay.Proxy.Program.WaitForLineAsync(
                static line => line.Contains("budget of 100MB (limits.monthly_bytes) is spent", StringComparison.Ordinal), Bound.Prompt);
        }
        var accepted = relay.Upstream.Accepted;
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(relay.Proxy.Client(Host), hello));
        var page = await Visitor.GetAsync(relay.Proxy, HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(accepted, relay.Upstream.Accepted);

        relay.Proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await relay.Proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        var saved = await File.ReadAllTextAsync(Path.Combine(relay.Proxy.Directory["state"], BudgetFile.Name), Bound.Token);
        // Rounded up to the next MB.
        Assert.Matches("\"bytes\":[1-9][0-9]{2,}000000\\b", saved);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_saved_month_that_is_spent_counts_from_the_start()
    {
        Proxy.NeedsHeliograph();
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Routes = ProxySettings.Route(Host, upstream.Endpoint),
            Limits = "monthly_bytes: 100MB, when_spent: refuse",
            StateFiles = new Dictionary<string, string> { [BudgetFile.Name] = Saved(DateTimeOffset.UtcNow) },
        });
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(proxy.Client(Host), await InnerHello.ForAsync(Host)));
        Assert.Equal(0, upstream.Accepted);
    }

    private static async Task<long> ReadToEndAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        long total = 0;
        try
        {
            while (await stream.ReadAsync(buffer, Bound.Token) is var count and > 0)
                total += count;
        }
        catch (IOException)
        {
            // Without close_notify: the connection was cut off.
        }
        return total;
    }

    private static string Saved(DateTimeOffset now) =>
        $$"""{"version":1,"current":{"start":"{{now.UtcDateTime:yyyy-MM}}-01","bytes":100000000},"before":null}""";
}
