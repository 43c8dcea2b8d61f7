using Heliograph.Certificates;
using Heliograph.Machine;
using Heliograph.Membership;
using Heliograph.Relay;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Upstream;

namespace Heliograph.Hosting;

/// <summary>What this machine tells its fleet of itself: rounded, and nothing of anybody who uses it.</summary>
internal static class MachineReports
{
    public static MachineReport Create(RelayServer relay, CertificateReport certificate)
    {
        var statistics = relay.GetStatistics();
        return new()
        {
            Version = ProductVersion.Text,
            Connections = RoundedCount.Up(relay.Connections),
            Bytes = RoundedCount.UpBytes(statistics.BytesUp + statistics.BytesDown),
            CertificateUntil = certificate.NotAfter,
            CertificateSerial = certificate.SerialNumber,
            Addresses = [.. AddressCheck.LocalAddresses().Where(AddressGuard.IsPublic).Select(static address => address.ToString())],
        };
    }
}
