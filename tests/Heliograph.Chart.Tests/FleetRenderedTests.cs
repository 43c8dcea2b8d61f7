using Heliograph.Testing;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>The chart whose pods are machines of a fleet.</summary>
public sealed class FleetRenderedTests
{
    [Fact(Timeout = Bound.LongTest)]
    public async Task Each_pod_has_a_name_and_a_volume_that_stay_and_joins_by_the_token_of_its_name()
    {
        var manifest = await TemplateAsync("replicas=5");

        var set = manifest.All<V1StatefulSet>().Single();
        Assert.Empty(manifest.All<V1Deployment>());
        Assert.Equal(5, set.Spec.Replicas);
        Assert.Equal("Parallel", set.Spec.PodManagementPolicy);
        Assert.Contains(manifest.All<V1Service>(), one => one.Metadata.Name == set.Spec.ServiceName && one.Spec.ClusterIP == "None");
        var claim = set.Spec.VolumeClaimTemplates.Single();
        Assert.Equal(["ReadWriteOnce"], claim.Spec.AccessModes);
        Assert.Null(claim.Spec.StorageClassName);
        // An upgrade that changes a claim's template is refused by Kubernetes.
        Assert.Equal(set.Spec.Selector.MatchLabels, claim.Metadata.Labels);
        var join = manifest.Pod.Spec.InitContainers.Single();
        Assert.Equal(["fleet", "join", "--token-file", "/etc/heliograph/fleet/$(POD_NAME)"], join.Args);
        Assert.Equal("metadata.name", join.Env.Single(static one => one.Name == "POD_NAME").ValueFrom.FieldRef.FieldPath);
        Assert.Equal(manifest.Container.Image, join.Image);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_tokens_are_a_Secret_of_the_operators_which_the_container_that_serves_does_not_see()
    {
        var manifest = await TemplateAsync();

        Assert.Empty(manifest.All<V1Secret>());
        Assert.Equal("tokens", manifest.Pod.Spec.Volumes.Single(static one => one.Secret is not null).Secret.SecretName);
        Assert.DoesNotContain(manifest.Container.VolumeMounts, static mount => mount.Name == "tokens");
        Assert.True(manifest.Pod.Spec.InitContainers.Single().VolumeMounts.Single(static mount => mount.Name == "tokens").ReadOnlyProperty);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_certificate_is_ordered_by_ACME_and_the_authority_reaches_pods_that_have_none_yet()
    {
        var manifest = await TemplateAsync("settings.acme.email=you@proxy.example");

        Assert.Empty(manifest.All<Certificate>());
        Assert.Contains("source: acme", manifest.Configuration, StringComparison.Ordinal);
        Assert.Contains("email: you@proxy.example", manifest.Configuration, StringComparison.Ordinal);
        // Endpoints have ready pods only, and without a certificate /readyz is 503.
        Assert.Equal("/healthz", manifest.Container.ReadinessProbe.HttpGet.Path);
        Assert.Equal([443, 80], manifest.All<V1Service>().Single(static one => one.Spec.Type == "LoadBalancer").Spec.Ports
            .Select(static port => port.Port));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_web_site_is_the_fleets_unless_a_seed_is_given()
    {
        Assert.DoesNotContain("seed_file", (await TemplateAsync()).Configuration, StringComparison.Ordinal);

        var given = await TemplateAsync("decoy.existingSecret=shelf-heliograph-decoy");
        Assert.Contains("seed_file: /etc/heliograph/decoy/seed", given.Configuration, StringComparison.Ordinal);
        Assert.Equal("shelf-heliograph-decoy", given.Pod.Spec.Volumes.Single(static one => one.Name == "seed").Secret.SecretName);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Without_storage_the_state_of_a_pod_ends_with_it()
    {
        var manifest = await TemplateAsync("fleet.storage.enabled=false");

        Assert.Null(manifest.All<V1StatefulSet>().Single().Spec.VolumeClaimTemplates);
        Assert.NotNull(manifest.Pod.Spec.Volumes.Single(static one => one.Name == "state").EmptyDir);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task By_the_ports_of_nodes_the_fleet_has_as_many_pods_as_there_are_tokens_and_not_one_for_each_node()
    {
        var manifest = await TemplateAsync("expose.by=HostPort", "replicas=2");

        Assert.Empty(manifest.All<V1DaemonSet>());
        Assert.Equal(2, manifest.All<V1StatefulSet>().Single().Spec.Replicas);
        Assert.Equal([443, 80], manifest.Container.Ports.Where(static port => port.HostPort is not null)
            .Select(static port => port.HostPort!.Value));
        Assert.Single(manifest.All<V1PodDisruptionBudget>());
    }

    /// <summary>As those are that <c>helm upgrade --reuse-values</c> keeps of a chart before.</summary>
    [Fact(Timeout = Bound.LongTest)]
    public async Task Values_that_know_no_fleet_make_none()
    {
        var manifest = await Manifest.TemplateAsync("fleet=null");

        Assert.Single(manifest.All<V1Deployment>());
        Assert.Empty(manifest.All<V1StatefulSet>());
    }

    private static Task<Manifest> TemplateAsync(params string[] values) => Manifest.TemplateAsync([.. Helm.Fleet, .. values]);
}
