using Heliograph.Acme.Storage;
using Heliograph.Fleet.Documents;
using Heliograph.Membership;

namespace Heliograph.Cli.Fleet;

/// <summary>What became of the others when a machine was shut out.</summary>
/// <param name="Late">The machines that were up, and do not use the new key yet: they take it when they can.</param>
/// <param name="Marked">The documents of certificates and accounts that are to be replaced.</param>
/// <param name="Served">The serial numbers of the certificates that the others served before.</param>
/// <param name="Own">What the machine said of its certificate, if nobody else has that; null: it said nothing, or it is shared.</param>
internal sealed record Removal(
    IReadOnlyList<string> Late, IReadOnlyList<string> Marked, IReadOnlyList<string> Served, MachineReport? Own)
{
    /// <summary>What a machine says of a certificate that neither another machine nor the fleet's documents have.</summary>
    /// <param name="node">The machine.</param>
    /// <param name="machines">Those that are up.</param>
    /// <param name="documents">What the fleet shares.</param>
    public static MachineReport? FindOwn(string node, IReadOnlyList<FleetMachine> machines, IEnumerable<FleetDocument> documents)
    {
        var known = machines.Where(one => one.Name != node).Select(static one => one.Report?.CertificateSerial)
            .Concat(documents.Where(static document => SharedStore.IsCertificate(document.Name))
                .Select(static document => StoredCertificate.FindSerialNumber(document.Payload)));
        return machines.FirstOrDefault(one => one.Name == node)?.Report is { CertificateSerial: { } serial } report
            && !known.Contains(serial, StringComparer.OrdinalIgnoreCase) ? report : null;
    }
}
