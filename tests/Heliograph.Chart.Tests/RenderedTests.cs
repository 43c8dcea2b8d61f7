using System.Text;
using System.Xml.Linq;
using Heliograph.Testing;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>What the chart makes of values: objects that Kubernetes reads, and what they promise.</summary>
public sealed class RenderedTests
{
    private static readonly string[] Everything =
    [
        "autoscaling.enabled=true", "metrics.serviceMonitor.enabled=true", "metrics.serviceMonitor.labels.release=prometheus",
        "metrics.rules.enabled=true", "metrics.dashboard.enabled=true", "networkPolicy.metricsFrom[0].namespaceSelector.matchLabels.a=b",
        "networkPolicy.extraEgress[0].ports[0].port=8080", "env[0].name=HELIOGRAPH__LOG__LEVEL", "env[0].value=debug",
        "volumes[0].name=site", "volumes[0].persistentVolumeClaim.claimName=site", "volumeMounts[0].name=site",
        "volumeMounts[0].mountPath=/srv/www", "settings.decoy.directory=/srv/www", "settings.limits.idle_timeout=5m",
        "podAnnotations.a=b", "podLabels.c=d", "nodeSelector.e=f", "tolerations[0].operator=Exists", "priorityClassName=high",
        "imagePullSecrets[0].name=registry", "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]" +
        ".matchExpressions[0].key=g,affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]" +
        ".matchExpressions[0].operator=Exists",
    ];

    private static readonly string[] Least =
    [
        "expose.http=false", "networkPolicy.enabled=false", "podDisruptionBudget.enabled=false", "certificate.existingSecret=mine",
        "decoy.existingSecret=seed", "image.digest=sha256:" + Zeros, "resources=null",
    ];

    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly string[][] WaysIn =
    [
        ["expose.by=LoadBalancer"],
        ["expose.by=LoadBalancer", "expose.loadBalancer.externalTrafficPolicy=Cluster", "expose.trustedProxies={10.0.0.0/8,2001:db8::/32}"],
        ["expose.by=LoadBalancer", "expose.loadBalancer.class=metal", "expose.loadBalancer.annotations.a=b",
            "expose.loadBalancer.sourceRanges={192.0.2.0/24}"],
        ["expose.by=HostPort"],
        ["expose.by=Gateway", "expose.gateway.parentRefs[0].name=edge", "expose.gateway.parentRefs[0].sectionName=tls"],
        ["expose.by=Gateway", "expose.gateway.parentRefs[0].name=edge", "expose.trustedProxies={10.0.0.7}"],
    ];

    private static readonly string[] EverythingInFleet =
    [
        .. Helm.Fleet, .. Everything.Except(["autoscaling.enabled=true"]), "fleet.storage.className=fast", "fleet.storage.size=64Mi",
        "settings.acme.email=you@proxy.example", "settings.acme.challenges={http-01,tls-alpn-01}",
    ];

    private static readonly string[] LeastInFleet =
    [
        .. Helm.Fleet, .. Least.Where(static value => !value.StartsWith("certificate.", StringComparison.Ordinal)),
        "fleet.storage.enabled=false",
    ];

    public static TheoryData<string> Matrix =>
    [
        .. from way in WaysIn
           from more in new[]
           {
               [], Everything, Least, [.. Everything, .. Least], Helm.Fleet, EverythingInFleet, LeastInFleet,
               [.. EverythingInFleet, .. LeastInFleet],
           }
           select string.Join('\n', [.. way, .. more]),
    ];

    [Theory(Timeout = Bound.LongTest)]
    [MemberData(nameof(Matrix))]
    public async Task Whatever_the_values_Kubernetes_reads_every_field_the_program_every_key_and_the_pod_is_restricted(string values)
    {
        var manifest = await Manifest.TemplateAsync(values.Split('\n'));

        Assert.All(manifest.Objects, static one =>
        {
            Assert.Matches("^[a-z0-9-]{1,63}$", one.Metadata.Name);
            Assert.Equal("heliograph", one.Metadata.Labels["app.kubernetes.io/name"]);
        });
        Assert.Distinct(manifest.Objects.Select(static one => $"{one.Kind} {one.Metadata.Name}"), StringComparer.Ordinal);
        IsRestricted(manifest);
        await IsReadByTheProgramAsync(manifest.Configuration);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Helm_finds_nothing_wrong()
    {
        foreach (var values in new string[][] { [Helm.Domain, Helm.Issuer], [Helm.Domain, .. Helm.Fleet] })
        {
            var (exitCode, output, errors) = await Helm.RunAsync(["lint", Helm.Chart, "--strict", .. Helm.Set(values)]);
            Assert.True(exitCode == 0, output + errors);
        }
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_image_is_that_of_the_version_or_of_a_digest()
    {
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;
        var chart = File.ReadAllLines(Path.Combine(Helm.Chart, "Chart.yaml"));
        Assert.Contains($"version: {version}", chart);
        Assert.Contains($"appVersion: {version}", chart);
        var compose = Repository.ReadLines("packaging/container/compose.yaml")
            .Single(static line => line.Contains("image:", StringComparison.Ordinal));
        var image = (await Manifest.TemplateAsync()).Container.Image;
        Assert.Equal($"ghcr.io/heliograph/heliograph:{version}", image);
        Assert.EndsWith(image, compose, StringComparison.Ordinal);

        var digest = await Manifest.TemplateAsync($"image.digest=sha256:{Zeros}", "image.tag=v1");
        Assert.Equal($"ghcr.io/heliograph/heliograph@sha256:{Zeros}", digest.Container.Image);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_pod_that_stops_goes_on_for_a_while_then_drains_and_is_not_killed_before()
    {
        var manifest = await Manifest.TemplateAsync("preStopSeconds=20", "drainSeconds=600");

        Assert.Equal(20, manifest.Container.Lifecycle.PreStop.Sleep.Seconds);
        Assert.Contains("drain_timeout: 600s", manifest.Configuration, StringComparison.Ordinal);
        Assert.Equal(20 + 600 + 15, manifest.Pod.Spec.TerminationGracePeriodSeconds);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Their_number_is_fixed_and_an_autoscaler_takes_no_pod_away()
    {
        var normal = await Manifest.TemplateAsync();
        Assert.Equal(3, normal.All<V1Deployment>().Single().Spec.Replicas);
        Assert.Empty(normal.All<V2HorizontalPodAutoscaler>());
        Assert.Equal("1", normal.All<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable.Value);
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
            normal.Pod.Spec.TopologySpreadConstraints.Select(static one => one.TopologyKey));

        var scaled = await Manifest.TemplateAsync("autoscaling.enabled=true");
        Assert.Null(scaled.All<V1Deployment>().Single().Spec.Replicas);
        Assert.Equal("Disabled", scaled.All<V2HorizontalPodAutoscaler>().Single().Spec.Behavior.ScaleDown.SelectPolicy);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_certificate_is_asked_of_cert_manager_for_every_name_and_mounted_whole()
    {
        var manifest = await Manifest.TemplateAsync("domains={a.example,192.0.2.1,2001:db8::1}");

        var certificate = manifest.All<Certificate>().Single().Spec;
        Assert.Equal(["a.example"], certificate.DnsNames);
        Assert.Equal(["192.0.2.1", "2001:db8::1"], certificate.IpAddresses);
        Assert.Equal(certificate.SecretName, manifest.Pod.Spec.Volumes.Single(static one => one.Name == "certificate").Secret.SecretName);
        Assert.Null(manifest.Container.VolumeMounts.Single(static one => one.Name == "certificate").SubPath);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_way_in_shows_the_pods_who_the_client_is()
    {
        var balancer = await Manifest.TemplateAsync();
        var service = balancer.All<V1Service>().Single(static one => one.Spec.Type == "LoadBalancer").Spec;
        Assert.Equal("Local", service.ExternalTrafficPolicy);
        Assert.Equal([(443, "tls"), (80, "http")], service.Ports.Select(static port => (port.Port, port.TargetPort.Value)));

        var header = await Manifest.TemplateAsync("expose.trustedProxies={10.0.0.0/8}");
        // No PROXY protocol header is read on port 80.
        Assert.Equal(443, header.All<V1Service>().Single(static one => one.Spec.Type == "LoadBalancer").Spec.Ports.Single().Port);
        Assert.Contains("- 10.0.0.0/8", header.Configuration, StringComparison.Ordinal);

        var metal = await Manifest.TemplateAsync("expose.by=HostPort");
        Assert.Equal([(443, 8443), (80, 8080)], metal.Container.Ports.Where(static port => port.HostPort is not null)
            .Select(static port => (port.HostPort!.Value, port.ContainerPort)));
        Assert.Equal("0", metal.All<V1DaemonSet>().Single().Spec.UpdateStrategy.RollingUpdate.MaxSurge.Value);

        var gateway = await Manifest.TemplateAsync("expose.by=Gateway", "expose.gateway.parentRefs[0].name=edge");
        Assert.Equal(443, gateway.All<TcpRoute>().Single().Spec.Rules.Single().BackendRefs.Single().Port);
        Assert.Contains("max_connections_per_source: \"off\"", gateway.Configuration, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Nobody_but_whom_the_operator_names_reaches_the_metrics_and_pods_reach_nothing_of_the_cluster()
    {
        var closed = (await Manifest.TemplateAsync()).All<V1NetworkPolicy>().Single().Spec;
        Assert.Equal(["tls", "http"], closed.Ingress.SelectMany(static rule => rule.Ports).Select(static port => port.Port.Value));
        Assert.All(closed.Egress.SelectMany(static rule => rule.To ?? []), static peer => Assert.NotEmpty(peer.IpBlock.Except));
        Assert.Contains(
            "169.254.0.0/16", closed.Egress.SelectMany(static rule => rule.To ?? []).SelectMany(static peer => peer.IpBlock.Except));

        var open = await Manifest.TemplateAsync("networkPolicy.metricsFrom[0].podSelector.matchLabels.app=prometheus");
        var metrics = open.All<V1NetworkPolicy>().Single().Spec.Ingress.Single(static rule => rule.Ports[0].Port.Value == "metrics");
        Assert.Equal("prometheus", metrics.FromProperty.Single().PodSelector.MatchLabels["app"]);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Prometheus_gets_the_rules_of_the_repository_and_the_job_they_ask_for()
    {
        var manifest = await Manifest.TemplateAsync(
            "metrics.serviceMonitor.enabled=true", "metrics.rules.enabled=true", "metrics.dashboard.enabled=true");

        var alerts = Repository.ReadLines("packaging/monitoring/heliograph.rules.yml")
            .Where(static line => line.Contains("- alert: ", StringComparison.Ordinal));
        Assert.Equal(
            alerts.Select(static line => line.Split(": ")[1]),
            manifest.All<PrometheusRule>().Single().Spec.Groups.Single().Rules.Select(static rule => rule.Alert));
        var endpoint = manifest.All<ServiceMonitor>().Single().Spec.Endpoints.Single();
        Assert.Equal(new Relabeling { TargetLabel = "job", Replacement = "heliograph" }, Assert.Single(endpoint.Relabelings));
        var monitored = manifest.All<V1Service>().Single(static one => one.Metadata.Name.EndsWith("-metrics", StringComparison.Ordinal));
        Assert.All(
            manifest.All<ServiceMonitor>().Single().Spec.Selector.MatchLabels,
            label => Assert.Equal(label.Value, monitored.Metadata.Labels[label.Key]));
        var dashboard = manifest.All<V1ConfigMap>().Single(static one => one.Metadata.Labels.ContainsKey("grafana_dashboard"));
        Assert.Equal(
            (await File.ReadAllTextAsync(Repository.PathOf("packaging/monitoring/heliograph.dashboard.json"), Bound.Token)).TrimEnd(),
            dashboard.Data.Single().Value.TrimEnd());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_seed_is_drawn_for_each_installation_and_stays_when_it_is_removed()
    {
        var first = (await Manifest.TemplateAsync()).All<V1Secret>().Single();
        Assert.Equal(32, first.Data["seed"].Length);
        Assert.Equal("keep", first.Metadata.Annotations["helm.sh/resource-policy"]);
        Assert.NotEqual(first.Data["seed"], (await Manifest.TemplateAsync()).All<V1Secret>().Single().Data["seed"]);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_upgrade_keeps_the_seed_that_the_cluster_has()
    {
        var first = await Manifest.TemplateAsync();
        var seed = first.All<V1Secret>().Single();
        using var cluster = new ClusterWithSecret(
            first.Objects, seed.Metadata.Name, new(StringComparer.Ordinal) { ["seed"] = seed.Data["seed"] });

        var (exitCode, output, errors) = await Helm.RunAsync(
        [
            "template", "shelf", Helm.Chart, "--namespace", "default", "--is-upgrade", "--dry-run=server", "--disable-openapi-validation",
            "--kube-apiserver", cluster.Address, .. Helm.Set([Helm.Domain, Helm.Issuer]),
        ]);

        Assert.True(exitCode == 0, errors);
        Assert.Equal(seed.Data["seed"], Manifest.Read(output).All<V1Secret>().Single().Data["seed"]);
    }

    /// <summary>https://kubernetes.io/docs/concepts/security/pod-security-standards/, and what goes beyond it.</summary>
    private static void IsRestricted(Manifest manifest)
    {
        var pod = manifest.Pod.Spec;
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal(10001, pod.SecurityContext.RunAsUser);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.Null(pod.HostNetwork ?? pod.HostPID ?? pod.HostIPC);
        Assert.All(pod.Volumes, static volume => Assert.Null(volume.HostPath));
        Assert.All([.. pod.InitContainers ?? [], .. pod.Containers], static one =>
        {
            Assert.False(one.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], one.SecurityContext.Capabilities.Drop);
            Assert.Null(one.SecurityContext.Capabilities.Add);
            Assert.True(one.SecurityContext.ReadOnlyRootFilesystem);
        });
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.False(manifest.All<V1ServiceAccount>().Single().AutomountServiceAccountToken);
        var ports = manifest.Container.Ports;
        Assert.All(ports, static port => Assert.True(port.ContainerPort >= 1024));
        // A Service is for those that clients do not reach by the node's ports.
        if (manifest.All<V1Service>().Any(static one => one.Spec.ClusterIP != "None"))
            Assert.All(ports, static port => Assert.Null(port.HostPort));
    }

    private static async Task IsReadByTheProgramAsync(string configuration)
    {
        using var directory = new TempDirectory();
        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program,
            ["config", "validate", "--offline", "--config", directory.Write("heliograph.yaml", configuration)],
            TimeSpan.FromSeconds(30));
        Assert.True(exitCode == 0, new StringBuilder(output).Append(errors).Append(configuration).ToString());
    }
}
