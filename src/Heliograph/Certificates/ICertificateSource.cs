using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>Where the certificate comes from, now and when it is renewed.</summary>
internal interface ICertificateSource : IAsyncDisposable
{
    /// <summary>The certificate to serve now.</summary>
    ServerCertificate Current { get; }

    /// <summary>For the operator: the kind of source, with its place.</summary>
    string Description { get; }

    CertificateReport Describe();

    /// <summary>Called once everything listens: from now on <paramref name="use"/> is called with every new certificate that is good; a bad one is logged and changes nothing.</summary>
    void Watch(Action<ServerCertificate> use);

    /// <summary>The operator asks to look for a new one at once (SIGHUP).</summary>
    void Reload();
}
