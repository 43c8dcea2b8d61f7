using System.Text;
using Heliograph.Fleet.Challenges;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Nodes;
using Heliograph.Fleet.Orders;
using Heliograph.Fleet.Sealing;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Fleet.Tests;

[Trait("Needs", "server")]
public sealed class SecrecyTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task In_etcds_files_is_no_name_no_content_and_no_key()
    {
        await using var server = await EtcdServer.StartAsync();
        using var fleet = new TestFleet(server);
        var member = fleet.Join("node-in-paris");
        var reports = new NodeReports(member);
        await using (new Running(reports.RunAsync))
        {
            reports.Report("rounded-connections"u8.ToArray());
            await Polling.UntilAsync(
                async () => (await reports.ListAsync(Bound.Token)) is [{ Payload.Length: > 0 }], TimeSpan.FromSeconds(30), "no report");
            await using var held = await OrderLock.TryTakeAsync(member, "signal.example.org", Bound.Token);
            var document = new FleetDocument("signal.example.org", 1, "-----BEGIN PRIVATE KEY-----"u8.ToArray());
            Assert.Equal(SaveOutcome.Saved, await new DocumentStore(member, null).SaveAsync(document, held, Bound.Token));
            var challenge = new SharedChallenge("tls-alpn-01", "signal.example.org", "the-token", "the-token.the-thumbprint");
            await using var publication = await new SharedChallenges(member, reports).PublishAsync(held!, challenge, Bound.Token);
            Assert.NotNull(publication);
            await server.KillAsync();
        }

        var files = Directory.GetFiles(server.DataDirectory, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToList();
        // The search finds what is there: the fleet's prefix, and a document as it was sealed.
        Assert.Contains(files, file => Holds(file, KeyNames.Prefix(fleet.Key)));
        Assert.Contains(files, file => Holds(file, member.Names.Document("signal.example.org")));
        foreach (var secret in (string[])
            [
                "signal.example.org", "example", "node-in-paris", "rounded-connections", "PRIVATE KEY", "the-token", "thumbprint",
                "tls-alpn", "heliograph", "document", "challenge",
            ])
            Assert.DoesNotContain(files, file => Holds(file, secret));
        foreach (var secret in (byte[][])[fleet.Key.Secret, [.. fleet.Key.Sealing]])
        {
            Assert.DoesNotContain(files, file => file.AsSpan().IndexOf(secret) >= 0);
            Assert.DoesNotContain(files, file => Holds(file, Convert.ToHexStringLower(secret)));
            Assert.DoesNotContain(files, file => Holds(file, Convert.ToBase64String(secret)));
        }
    }

    private static bool Holds(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
}
