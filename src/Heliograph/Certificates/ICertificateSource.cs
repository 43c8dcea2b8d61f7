using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>Where the certificate comes from, both now and after renewal.</summary>
internal interface ICertificateSource : IAsyncDisposable
{
    /// <summary>The certificate to serve now.</summary>
    ServerCertificate Current { get; }

    /// <summary>For the operator: the kind of source and its location.</summary>
    string Description { get; }

    CertificateReport Describe();

    /// <summary>
    /// Called once everything listens: from then on, <paramref name="use"/> is called with every new valid certificate; an invalid one is
    /// logged and changes nothing.
    /// </summary>
    void Watch(Action<ServerCertificate> use);

    /// <summary>Checks for a new certificate at once, on the operator's request (SIGHUP).</summary>
    void Reload();
}
