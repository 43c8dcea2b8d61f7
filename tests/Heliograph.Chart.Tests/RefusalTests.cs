using Heliograph.Testing;

namespace Heliograph.Chart.Tests;

/// <summary>Values with which nothing good could come of it are refused before anything is applied.</summary>
public sealed class RefusalTests
{
    [Theory(Timeout = Bound.LongTest)]
    [InlineData("replica=2", "additional properties 'replica' not allowed")]
    [InlineData("expose.by=NodePort", "at '/expose/by': value must be one of 'LoadBalancer', 'HostPort', 'Gateway'")]
    [InlineData("image.tag=latest", "at '/image/tag'")]
    [InlineData("domains={*.proxy.example}", "at '/domains/0'")]
    [InlineData("replicas=0", "at '/replicas': minimum: got 0, want 1")]
    [InlineData("domains=null", "domains is empty; name what clients type: --set 'domains={proxy.example.org}'")]
    [InlineData("certificate.issuerRef.name=",
        "there is no certificate; give certificate.issuerRef.name (cert-manager, DNS-01) or certificate.existingSecret, or make the " +
        "pods a fleet, which orders one by ACME: fleet.tokenSecret")]
    [InlineData("fleet.tokenSecret=tokens",
        "fleet.tokenSecret: the pods of a fleet order their certificate by ACME themselves (settings.acme); leave " +
        "certificate.issuerRef.name and certificate.existingSecret out")]
    [InlineData("certificate.issuerRef.name=,fleet.tokenSecret=tokens,autoscaling.enabled=true",
        "autoscaling.enabled: each pod of a fleet needs a token of its own in fleet.tokenSecret; add the tokens, then raise replicas")]
    [InlineData("fleet.token=heliograph-fleet-1.AAAA", "additional properties 'token' not allowed")]
    [InlineData("fleet.storage.size=64M", "at '/fleet/storage/size'")]
    [InlineData("certificate.issuerRef.name=,fleet.tokenSecret=tokens,settings.certificate.source=files",
        "settings.certificate: the chart sets this key itself; use certificate")]
    [InlineData("expose.loadBalancer.externalTrafficPolicy=Cluster",
        "expose.loadBalancer.externalTrafficPolicy: Cluster hides the clients' addresses; use Local, or let the load balancer send a " +
        "PROXY protocol header and name the nodes' networks in expose.trustedProxies")]
    [InlineData("expose.by=Gateway", "expose.by is Gateway; name the Gateway and its listener in expose.gateway.parentRefs")]
    [InlineData("expose.by=HostPort,expose.trustedProxies={10.0.0.7}",
        "expose.by is HostPort, where clients connect directly; leave expose.trustedProxies out")]
    [InlineData("settings.listen=x", "settings.listen: the chart sets this key itself; use expose")]
    [InlineData("settings.acme.email=x", "settings.acme: the chart sets this key itself; use certificate")]
    [InlineData("settings.limits.drain_timeout=1m", "settings.limits.drain_timeout: the chart sets this key itself; use drainSeconds")]
    [InlineData("settings.decoy.seed_file=/x", "settings.decoy.seed_file: the chart sets this key itself; use decoy.existingSecret")]
    public async Task A_value_that_cannot_be_is_refused_in_words(string value, string error)
    {
        var (exitCode, _, errors) = await Helm.RunAsync(
            ["template", "shelf", Helm.Chart, .. Helm.Set([Helm.Domain, Helm.Issuer, value])]);

        Assert.Equal(1, exitCode);
        Assert.Contains(error, errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task No_secret_of_the_programs_configuration_gets_into_the_ConfigMap()
    {
        var secrets = Repository.ReadLines("docs/operating/configuration.md")
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Where(static line => line.Contains("It is a secret.", StringComparison.Ordinal))
            .Select(static line => line.Split('`')[1]).ToList();
        Assert.Contains("acme.dns.rfc2136.key_secret", secrets);

        foreach (var key in secrets)
        {
            var (exitCode, _, errors) = await Helm.RunAsync(
                ["template", "shelf", Helm.Chart, .. Helm.Set([Helm.Domain, .. Helm.Fleet, $"settings.{key}=x"])]);

            Assert.Equal(1, exitCode);
            Assert.Contains(
                $"settings.{key} is a secret, and the settings are in a ConfigMap; give it by env, from a Secret: " +
                $"HELIOGRAPH__{key.ToUpperInvariant().Replace(".", "__", StringComparison.Ordinal)}",
                errors,
                StringComparison.Ordinal);
        }
    }
}
