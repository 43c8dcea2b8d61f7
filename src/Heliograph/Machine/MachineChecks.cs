using System.Net;
using Heliograph.Configuration;

namespace Heliograph.Machine;

/// <summary>The looks at this machine that a configuration calls for: what <c>heliograph init</c> and <c>heliograph check</c> share.</summary>
internal static class MachineChecks
{
    /// <param name="settings">What the server runs with, or is going to.</param>
    /// <param name="offline">Ask neither DNS nor the certificate authority.</param>
    /// <param name="timeProvider">The clock that is compared with others.</param>
    /// <returns>In the order in which they are to be taken and shown.</returns>
    public static IReadOnlyList<MachineCheck> For(Settings settings, bool offline, TimeProvider timeProvider)
    {
        var looks = new List<MachineCheck> { MachineCheck.Immediate(OpenSslCheck.Name, OpenSslCheck.Run) };
        if (!offline)
            looks.AddRange(settings.Domains.Select(domain => new MachineCheck(AddressCheck.Name, cancellationToken => AddressCheck.RunAsync(domain, timeProvider, cancellationToken))));
        looks.AddRange(Endpoints(settings).Select(static endpoint => MachineCheck.Immediate(PortCheck.NameOf(endpoint), () => PortCheck.Run(endpoint))));
        looks.Add(MachineCheck.Immediate(ClockCheck.Name, () => ClockCheck.Run(timeProvider)));
        if (!offline && settings.Certificate.Source == CertificateOrigin.Acme)
            looks.Add(new(AuthorityCheck.Name, cancellationToken => AuthorityCheck.RunAsync(settings.Acme, timeProvider, cancellationToken)));
        looks.Add(MachineCheck.Immediate(DescriptorCheck.Name, () => DescriptorCheck.Run(settings.Limits)));
        looks.Add(MachineCheck.Immediate(MemoryCheck.Name, MemoryCheck.Run));
        looks.Add(MachineCheck.Immediate(StateCheck.Name, () => StateCheck.Run(settings.StateDirectory)));
        return looks;
    }

    /// <summary>The ports that are fixed, and that the server does not start without; one that the system picks is free.</summary>
    private static IEnumerable<IPEndPoint> Endpoints(Settings settings) =>
        settings.Listen.Concat(settings.HttpListen).Concat(settings.IsMetricsListenDefault ? [] : settings.MetricsListen).Where(static endpoint => endpoint.Port != 0).Distinct();
}
