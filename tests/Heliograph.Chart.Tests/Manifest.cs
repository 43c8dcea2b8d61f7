using k8s;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>What helm renders, read by the types of Kubernetes' own client. A field that such a type does not have is an error.</summary>
internal sealed record Manifest(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects)
{
    private static readonly Dictionary<string, Type> CustomResources = new(StringComparer.Ordinal)
    {
        ["cert-manager.io/v1/Certificate"] = typeof(Certificate),
        ["gateway.networking.k8s.io/v1alpha2/TCPRoute"] = typeof(TcpRoute),
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
    };

    /// <summary>The pod of the one workload.</summary>
    public V1PodTemplateSpec Pod =>
        All<V1Deployment>().Select(static one => one.Spec.Template)
            .Concat(All<V1DaemonSet>().Select(static one => one.Spec.Template))
            .Concat(All<V1StatefulSet>().Select(static one => one.Spec.Template)).Single();

    public V1Container Container => Pod.Spec.Containers.Single();

    /// <summary>heliograph.yaml.</summary>
    public string Configuration => All<V1ConfigMap>().Single(static map => map.Data.ContainsKey("heliograph.yaml")).Data["heliograph.yaml"];

    public static Manifest Read(string yaml) => new(
        [.. KubernetesYaml.LoadAllFromString(yaml, CustomResources, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    public static async Task<Manifest> TemplateAsync(params IEnumerable<string> values) => Read(await Helm.TemplateAsync(values));

    public IEnumerable<T> All<T>() => Objects.OfType<T>();
}
