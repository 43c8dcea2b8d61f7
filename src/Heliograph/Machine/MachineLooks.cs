using System.Net;
using Heliograph.Configuration;

namespace Heliograph.Machine;

/// <summary>The looks at this machine that a configuration calls for: what <c>heliograph init</c> and <c>heliograph check</c> share.</summary>
internal static class MachineLooks
{
    /// <param name="settings">What the server runs with, or is going to.</param>
    /// <param name="offline">Ask neither DNS nor the certificate authority.</param>
    /// <param name="time">The clock that is compared with others.</param>
    /// <returns>In the order in which they are to be taken and shown.</returns>
    public static IReadOnlyList<Look> For(Settings settings, bool offline, TimeProvider time)
    {
        var looks = new List<Look> { Look.At(OpenSslLook.Name, OpenSslLook.Take) };
        if (!offline)
            looks.AddRange(settings.Domains.Select(domain => new Look(AddressLook.Name, cancellation => AddressLook.TakeAsync(domain, time, cancellation))));
        looks.AddRange(Endpoints(settings).Select(static endpoint => Look.At(PortLook.NameOf(endpoint), () => PortLook.Take(endpoint))));
        looks.Add(Look.At(ClockLook.Name, () => ClockLook.Take(time)));
        if (!offline && settings.Certificate.Source == CertificateOrigin.Acme)
            looks.Add(new(AuthorityLook.Name, cancellation => AuthorityLook.TakeAsync(settings.Acme, time, cancellation)));
        looks.Add(Look.At(DescriptorLook.Name, () => DescriptorLook.Take(settings.Limits)));
        looks.Add(Look.At(MemoryLook.Name, MemoryLook.Take));
        looks.Add(Look.At(StateLook.Name, () => StateLook.Take(settings.StateDirectory)));
        return looks;
    }

    /// <summary>The ports that are fixed, and that the server does not start without; one that the system picks is free.</summary>
    private static IEnumerable<IPEndPoint> Endpoints(Settings settings) =>
        settings.Listen.Concat(settings.HttpListen).Concat(settings.IsMetricsListenDefault ? [] : settings.MetricsListen).Where(static endpoint => endpoint.Port != 0).Distinct();
}
