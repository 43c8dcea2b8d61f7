using System.Net;
using System.Security.Cryptography;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Chart.Tests;

/// <summary>The built program in the chart's pod.</summary>
[Trait("Needs", "root")]
public sealed class PodTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly byte[] seed = RandomNumberGenerator.GetBytes(32);

    public PodTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to become the user of the pod");

    public void Dispose() => authority.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_renewed_certificate_is_served_without_a_restart_and_no_client_notices_the_swap_of_the_volume()
    {
        await using var signal = StandInSignal.Start(
            authority.Issue(TestKey.Ecdsa, "chat.signal.org"), StandInBehaviour.EchoAsync);
        var served = authority.IssueThroughIntermediate(Pod.Name);
        await using var pod = await Pod.StartAsync(served, seed, $"settings.routes.hosts.chat\\.signal\\.org={signal.Endpoint}");
        await using var client = await TlsInTlsClient.ConnectAsync(new() { Proxy = pod.Endpoint, Authority = authority }, Bound.Token);
        await EchoAsync(client);

        for (var renewal = 0; renewal < 3; renewal++)
        {
            var old = served.Thumbprint();
            served = authority.IssueThroughIntermediate(Pod.Name);
            await pod.RenewAsync(served);
            await Polling.UntilAsync(
                async () =>
                {
                    var seen = await pod.SeenAsync(authority);
                    Assert.Contains(seen, new[] { old, served.Thumbprint() });
                    return seen != old;
                },
                TimeSpan.FromSeconds(35),
                $"the renewed certificate is not served:\n{pod.Program.AllOutput}");
        }

        await EchoAsync(client);
        Assert.False(pod.Program.HasExited);
        Assert.DoesNotContain("\"level\":\"error\"", pod.Program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Pods_with_one_seed_show_one_site_and_another_installation_another()
    {
        var certificate = authority.Issue(TestKey.Ecdsa, Pod.Name);
        await using var one = await Pod.StartAsync(certificate, seed);
        await using var other = await Pod.StartAsync(certificate, seed);
        await using var stranger = await Pod.StartAsync(certificate, RandomNumberGenerator.GetBytes(32));

        var seen = await one.VisitAsync(authority);
        Assert.StartsWith("HTTP/1.1 200 ", seen, StringComparison.Ordinal);
        Assert.Equal(seen, await other.VisitAsync(authority));
        Assert.NotEqual(seen, await stranger.VisitAsync(authority));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_probes_of_the_pod_are_answered()
    {
        await using var pod = await Pod.StartAsync(authority.Issue(TestKey.Ecdsa, Pod.Name), seed);

        Assert.Equal(HttpStatusCode.OK, await pod.ProbeAsync(static container => container.StartupProbe));
        Assert.Equal(HttpStatusCode.OK, await pod.ProbeAsync(static container => container.LivenessProbe));
        Assert.Equal(HttpStatusCode.OK, await pod.ProbeAsync(static container => container.ReadinessProbe));
    }

    private static async Task EchoAsync(TlsInTlsClient client)
    {
        await client.Inner.WriteAsync("hello"u8.ToArray(), Bound.Token);
        var answer = new byte[5];
        await client.Inner.ReadExactlyAsync(answer, Bound.Token);
        Assert.Equal("hello"u8.ToArray(), answer);
    }
}
