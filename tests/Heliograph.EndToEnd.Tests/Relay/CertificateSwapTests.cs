using System.Security.Cryptography.X509Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>A valid new certificate replaces the current one while the program runs; a broken one never does.</summary>
public sealed class CertificateSwapTests(EchoRelay relay) : IClassFixture<EchoRelay>
{
    /// <summary>The program looks every 15 s, and waits 2 s; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(30);

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_new_certificate_is_served_after_SIGHUP_and_no_open_connection_notices()
    {
        Proxy.NeedsHeliograph();
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TlsInTlsClient.ConnectAsync(relay.Client, Bound.Token)));
        var swapped = new TaskCompletionSource();
        var loads = clients.Select((client, seed) => MoveDataUntilAsync(client, seed, swapped.Task)).ToArray();

        foreach (var kind in new[] { TestKey.Rsa, TestKey.Ecdsa, TestKey.Rsa })
        {
            var next = relay.Proxy.Authority.Issue(kind, Proxy.Name);
            next.WriteTo(relay.Proxy.Directory);
            relay.Proxy.Program.Signal(Processes.SIGHUP);
            await ServesAsync(next);
        }
        swapped.SetResult();
        var rounds = await Task.WhenAll(loads);

        Assert.All(rounds, round => Assert.True(round > 0, "a connection transferred nothing after the swap"));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_new_certificate_is_loaded_without_a_signal()
    {
        Proxy.NeedsHeliograph();
        var next = relay.Proxy.Authority.Issue(TestKey.Ecdsa, Proxy.Name);
        next.WriteTo(relay.Proxy.Directory);
        await ServesAsync(next);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_broken_chain_and_another_certificates_key_are_rejected_and_the_old_certificate_is_served()
    {
        Proxy.NeedsHeliograph();
        var good = relay.Proxy.Authority.Issue(TestKey.Ecdsa, Proxy.Name);
        good.WriteTo(relay.Proxy.Directory);
        relay.Proxy.Program.Signal(Processes.SIGHUP);
        await ServesAsync(good);

        var other = relay.Proxy.Authority.Issue(TestKey.Ecdsa, Proxy.Name);
        TestCertificate[] broken =
        [
            good with { ChainPem = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n" },
            good with { ChainPem = "" },
            good with { KeyPem = "no key at all\n" },
            good with { KeyPem = other.KeyPem },
        ];
        foreach (var certificate in broken)
        {
            var refusals = Refusals();
            certificate.WriteTo(relay.Proxy.Directory);
            relay.Proxy.Program.Signal(Processes.SIGHUP);
            await Polling.UntilAsync(
                () => Refusals() > refusals, Noticed, "no line says that the certificate was rejected:\n" + relay.Proxy.Program.AllOutput);
            Assert.Equal(good.Thumbprint(), await ServedAsync());
        }

        other.WriteTo(relay.Proxy.Directory);
        relay.Proxy.Program.Signal(Processes.SIGHUP);
        await ServesAsync(other);
    }

    private int Refusals() => relay.Proxy.Program.Errors.Split('\n')
        .Count(line => line.Contains("rejected", StringComparison.Ordinal) && line.Contains("chain.pem", StringComparison.Ordinal));

    private Task ServesAsync(TestCertificate certificate) =>
        Polling.UntilAsync(
            async () => await ServedAsync() == certificate.Thumbprint(),
            Noticed,
            "the new certificate is not served:\n" + relay.Proxy.Program.AllOutput);

    private async Task<string> ServedAsync()
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(relay.Client with { AllowResume = false }, Bound.Token);
        return ((X509Certificate2)client.Outer.RemoteCertificate!).Thumbprint;
    }

    // Continues for some rounds after the last swap, and returns their number.
    private static async Task<int> MoveDataUntilAsync(TlsInTlsClient client, int seed, Task swapped)
    {
        while (!swapped.IsCompleted)
            await Echo.RoundTripAsync(client.Inner, seed, 20_000);
        for (var round = 1; ; round++)
        {
            await Echo.RoundTripAsync(client.Inner, seed, 20_000);
            if (round == 3)
                return round;
        }
    }
}
