using System.Net;
using System.Text.Json;
using Heliograph.Machine;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary>
/// <c>heliograph check</c> finds a real etcd that strangers can reach. Each test has an address of its own, with etcd's ports.
/// </summary>
[Trait("Needs", "server")]
public sealed class EtcdTests : IDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("127.41.0.1", "http", "etcd", @"etcd 3\.\d+\.\d+ answers everybody")]
    [InlineData("127.41.0.2", "https", "etcd", @"etcd 3\.\d+\.\d+ answers everybody")]
    [InlineData("127.41.0.3", "mutual", "tls", "something speaks TLS at port 2379, which is etcd's")]
    public async Task An_etcd_that_answers_at_the_proxys_address_is_a_warning_in_plain_words(
        string address, string protocol, string outcome, string seen)
    {
        await using var check = new CheckedProxy();
        await using var etcd = await StartEtcdAsync(check, address, protocol);
        var nobody = new IPEndPoint(IPAddress.Parse(address), LoopbackPort.Free().Port);
        var run = await check.RunAsync(nobody, "--etcd", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var step = Assert.Single(
            json.RootElement.GetProperty("proxies")[0].GetProperty("steps").EnumerateArray(),
            static one => one.GetProperty("step").GetString() == "store");
        Assert.Equal(outcome, step.GetProperty("outcome").GetString());
        Assert.Equal($"{address}:2379", step.GetProperty("subject").GetString());
        Assert.Equal("warning", step.GetProperty("level").GetString());
        Assert.Matches($@"\A{seen}\z", step.GetProperty("seen").GetString());
        Assert.StartsWith(
            $"close port 2379 of {address} to all but the fleet's machines",
            step.GetProperty("mend").GetString(),
            StringComparison.Ordinal);

        // Who does not ask for it connects to the proxy only.
        run = await check.RunAsync(nobody, "--json");
        Assert.DoesNotContain("\"store\"", run.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Where_no_etcd_answers_the_check_says_so()
    {
        await using var check = new CheckedProxy();
        var run = await check.RunAsync(new IPEndPoint(IPAddress.Parse("127.41.0.5"), LoopbackPort.Free().Port), "--etcd", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var step = Assert.Single(
            json.RootElement.GetProperty("proxies")[0].GetProperty("steps").EnumerateArray(),
            static one => one.GetProperty("step").GetString() == "store");
        Assert.Equal(
            ("127.41.0.5", "none", "ok", "no etcd answers at ports 2379 and 2380"),
            (step.GetProperty("subject").GetString(), step.GetProperty("outcome").GetString(), step.GetProperty("level").GetString(),
                step.GetProperty("seen").GetString()));
    }

    [Fact(Timeout = Bound.LongTest)]
    [Trait("Needs", "root")]
    public async Task On_the_machine_itself_an_etcd_at_a_public_address_is_found_and_one_on_loopback_is_not()
    {
        const string address = "192.31.196.78";
        await using var check = new CheckedProxy();
        await using (await StartEtcdAsync(check, "127.41.0.4", "http"))
            Assert.Null(EtcdCheck.Find());
        await using var own = await Routes.LocalPublicAddress.AddAsync(address);
        await using var etcd = await StartEtcdAsync(check, address, "http");
        var config = directory.Write("heliograph.yaml", $$"""
            domains: [127.0.0.1]
            listen: ["{{LoopbackPort.Free()}}"]
            http: { listen: [] }
            certificate: { source: self-signed }
            state_directory: "{{directory["state"]}}"

            """);
        var (_, printed, _) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["check", "--config", config, "--neutral", "none", "--json"], StartBound);
        using var json = JsonDocument.Parse(printed);
        var step = Assert.Single(
            json.RootElement.GetProperty("machine").EnumerateArray(),
            static one => one.GetProperty("subject").GetString() == "etcd");
        Assert.Equal($"etcd listens at {address}:2379", step.GetProperty("seen").GetString());
        Assert.Equal("warning", step.GetProperty("level").GetString());
        Assert.Contains("docs/operating/fleet.md", step.GetProperty("mend").GetString(), StringComparison.Ordinal);
    }

    private async Task<ChildProcess> StartEtcdAsync(CheckedProxy check, string address, string protocol)
    {
        var (url, peers) = ($"{(protocol == "http" ? "http" : "https")}://{address}:2379", $"http://{LoopbackPort.Free()}");
        var (chain, key) = check.Certificate.WriteTo(directory);
        string[] tls = protocol == "http" ? [] : ["--cert-file", chain, "--key-file", key];
        string[] mutual = protocol == "mutual" ? ["--client-cert-auth", "--trusted-ca-file", check.Root] : [];
        var etcd = ChildProcess.Start(
            "etcd",
            [
                "--data-dir", directory[$"data-{address}"], "--name", "one", "--listen-client-urls", url, "--advertise-client-urls", url,
                "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", $"one={peers}", .. tls, .. mutual,
            ]);
        await etcd.WaitForLineAsync(
            static line => line.Contains("ready to serve client requests", StringComparison.Ordinal)
                || line.Contains("serving client", StringComparison.Ordinal) || line.Contains("serving insecure", StringComparison.Ordinal),
            StartBound);
        return etcd;
    }
}
