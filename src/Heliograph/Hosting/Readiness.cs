using Heliograph.Certificates;

namespace Heliograph.Hosting;

/// <summary>Whether this server is ready for clients.</summary>
internal static class Readiness
{
    /// <summary>One line with the reason why it is not ready; null: it is ready.</summary>
    public static string? Problem(bool draining, CertificateReport certificate, DateTimeOffset now) => (draining, certificate) switch
    {
        (true, _) => "not ready: the server is stopping and accepts no new connections",
        (_, { NotAfter: null, LastError: { } error }) => $"not ready: there is no certificate yet; the last attempt failed: {error}",
        (_, { NotAfter: null }) => "not ready: there is no certificate yet; one has been requested",
        (_, { Revoked: true }) => "not ready: the certificate is revoked; a new one has been requested",
        (_, { NotAfter: { } end }) when end <= now => $"not ready: the certificate expired at {end:u}",
        (_, { NotBefore: { } start }) when start > now =>
            $"not ready: the certificate is not valid before {start:u}; check this machine's clock",
        _ => null,
    };
}
