using System.Net;
using Heliograph.Configuration;
using Heliograph.Machine.Firewalls;

namespace Heliograph.Machine;

/// <summary>
/// The checks of this machine that a configuration calls for, which <c>heliograph init</c> and <c>heliograph check</c> share.
/// </summary>
internal static class MachineChecks
{
    /// <param name="settings">The server's configuration, running or planned.</param>
    /// <param name="offline">Contact neither DNS nor the certificate authority.</param>
    /// <param name="running">Where the running server listens; empty: none is running; null: it cannot be asked.</param>
    /// <param name="timeProvider">The clock to compare with others.</param>
    /// <returns>In the order in which to run and show them.</returns>
    public static IReadOnlyList<MachineCheck> For(
        Settings settings, bool offline, IReadOnlyList<IPEndPoint>? running, TimeProvider timeProvider)
    {
        var checks = new List<MachineCheck> { MachineCheck.Immediate(OpenSslCheck.Name, OpenSslCheck.Run) };
        if (!offline)
            checks.AddRange(
                settings.Domains.Select(domain => new MachineCheck(
                    AddressCheck.Name, cancellationToken => AddressCheck.RunAsync(domain, timeProvider, cancellationToken))));
        checks.AddRange(
            Endpoints(settings)
                .Select(endpoint => MachineCheck.Immediate(PortCheck.FormatName(endpoint), () => PortCheck.Run(endpoint, running))));
        checks.Add(
            new(
                FirewallCheck.Name,
                cancellationToken => FirewallCheck.RunAsync(settings.Listen.Concat(settings.HttpListen), timeProvider, cancellationToken)));
        // Most machines have no etcd, and need not hear of it.
        if (EtcdCheck.Find() is { } etcd)
            checks.Add(MachineCheck.Immediate(EtcdCheck.Name, () => etcd));
        checks.Add(MachineCheck.Immediate(ClockCheck.Name, () => ClockCheck.Run(timeProvider)));
        if (!offline && settings.Certificate.Source == CertificateOrigin.Acme)
            checks.Add(
                new(AuthorityCheck.Name, cancellationToken => AuthorityCheck.RunAsync(settings.Acme, timeProvider, cancellationToken)));
        if (settings.Certificate is { Source: CertificateOrigin.Files, Chain: { } chain, Key: { } key })
            checks.Add(
                new(CertificateFilesCheck.Name, _ => CertificateFilesCheck.RunAsync(chain, key, settings.Domains, timeProvider)));
        checks.Add(MachineCheck.Immediate(DescriptorCheck.Name, () => DescriptorCheck.Run(settings.Limits)));
        checks.Add(MachineCheck.Immediate(MemoryCheck.Name, MemoryCheck.Run));
        checks.Add(MachineCheck.Immediate(StateCheck.Name, () => StateCheck.Run(settings.StateDirectory)));
        return checks;
    }

    /// <summary>The fixed ports that the server needs to start; a port that the system picks is always free.</summary>
    private static IEnumerable<IPEndPoint> Endpoints(Settings settings) =>
        settings
            .Listen.Concat(settings.HttpListen)
            .Concat(settings.IsMetricsListenDefault ? [] : settings.MetricsListen)
            .Where(static endpoint => endpoint.Port != 0)
            .Distinct();
}
