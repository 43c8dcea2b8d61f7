using k8s;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>Kinds that Kubernetes' client does not have, with the fields of theirs that the chart may use.</summary>
internal abstract class CustomResource<TSpec> : IKubernetesObject<V1ObjectMeta>
{
    public required string ApiVersion { get; set; }

    public required string Kind { get; set; }

    public required V1ObjectMeta Metadata { get; set; }

    public required TSpec Spec { get; set; }
}

internal sealed class Certificate : CustomResource<CertificateSpec>;

internal sealed record CertificateSpec
{
    public required string SecretName { get; init; }

    public List<string> DnsNames { get; init; } = [];

    public List<string> IpAddresses { get; init; } = [];

    public required CertificateKey PrivateKey { get; init; }

    public required IssuerReference IssuerRef { get; init; }
}

internal sealed record CertificateKey
{
    public required string Algorithm { get; init; }

    public int Size { get; init; }

    public required string RotationPolicy { get; init; }
}

internal sealed record IssuerReference
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public required string Group { get; init; }
}

internal sealed class TcpRoute : CustomResource<TcpRouteSpec>;

internal sealed record TcpRouteSpec
{
    public required List<ParentReference> ParentRefs { get; init; }

    public required List<TcpRule> Rules { get; init; }
}

internal sealed record ParentReference
{
    public required string Name { get; init; }

    public string? Namespace { get; init; }

    public string? SectionName { get; init; }
}

internal sealed record TcpRule
{
    public required List<BackendReference> BackendRefs { get; init; }
}

internal sealed record BackendReference
{
    public required string Name { get; init; }

    public int Port { get; init; }
}

internal sealed class ServiceMonitor : CustomResource<ServiceMonitorSpec>;

internal sealed record ServiceMonitorSpec
{
    public required V1LabelSelector Selector { get; init; }

    public required List<MonitoredEndpoint> Endpoints { get; init; }
}

internal sealed record MonitoredEndpoint
{
    public required string Port { get; init; }

    public required string Interval { get; init; }

    public List<Relabeling> Relabelings { get; init; } = [];
}

internal sealed record Relabeling
{
    public required string TargetLabel { get; init; }

    public required string Replacement { get; init; }
}

internal sealed class PrometheusRule : CustomResource<PrometheusRuleSpec>;

internal sealed record PrometheusRuleSpec
{
    public required List<RuleGroup> Groups { get; init; }
}

internal sealed record RuleGroup
{
    public required string Name { get; init; }

    public required List<AlertRule> Rules { get; init; }
}

internal sealed record AlertRule
{
    public required string Alert { get; init; }

    public required string Expr { get; init; }

    public string? For { get; init; }

    public Dictionary<string, string> Labels { get; init; } = [];

    public Dictionary<string, string> Annotations { get; init; } = [];
}
