using Heliograph.Certificates;

namespace Heliograph.Hosting;

/// <summary>Whether clients may be sent here.</summary>
internal static class Readiness
{
    /// <summary>One line why not; null: they may.</summary>
    public static string? Problem(bool draining, CertificateReport certificate, DateTimeOffset now) => (draining, certificate) switch
    {
        (true, _) => "not ready: the server is about to stop and accepts no more connections",
        (_, { NotAfter: null, LastError: { } error }) => $"not ready: there is no certificate yet; the last attempt failed: {error}",
        (_, { NotAfter: null }) => "not ready: there is no certificate yet; it is being asked for",
        (_, { Revoked: true }) => "not ready: the certificate is revoked; another one is being asked for",
        (_, { NotAfter: { } end }) when end <= now => $"not ready: the certificate expired at {end:u}",
        (_, { NotBefore: { } start }) when start > now => $"not ready: the certificate is valid from {start:u} only; is the clock right?",
        _ => null,
    };
}
