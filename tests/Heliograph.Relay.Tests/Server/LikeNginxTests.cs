using System.Security.Authentication;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Fingerprints;
using Heliograph.Testing.Nginx;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Neither a scan nor a passive look tells the outer TLS from that of nginx with certbot's options and the same certificate.</summary>
[Trait("Needs", "server")]
public sealed class LikeNginxTests : IDisposable
{
    private const string HostName = "proxy.example";

    private readonly TestAuthority authority = new();

    public static TheoryData<TestKey> Keys => [TestKey.Ecdsa, TestKey.Rsa];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_JARM_scan_gives_the_hash_of_nginx(TestKey key)
    {
        var certificate = authority.Issue(key, HostName);
        await using var nginx = await NginxWithCertbotsOptions.StartAsync(certificate);
        await using var relay = TestRelay.Start(certificate);

        Assert.Equal(await Jarm.ScanAsync(nginx.EndPoint, HostName, Stop), await Jarm.ScanAsync(relay.EndPoint, HostName, Stop));
    }

    [Theory]
    [InlineData(TestKey.Ecdsa, SslProtocols.Tls13, HostName, "")]
    [InlineData(TestKey.Ecdsa, SslProtocols.Tls13, HostName, "http/1.1")]
    [InlineData(TestKey.Ecdsa, SslProtocols.Tls13, "127.0.0.1", "")]
    [InlineData(TestKey.Ecdsa, SslProtocols.Tls12, HostName, "")]
    [InlineData(TestKey.Ecdsa, SslProtocols.Tls12, HostName, "http/1.1")]
    [InlineData(TestKey.Rsa, SslProtocols.Tls13, HostName, "")]
    [InlineData(TestKey.Rsa, SslProtocols.Tls12, HostName, "http/1.1")]
    public async Task The_servers_first_flight_has_the_record_lengths_of_nginx(TestKey key, SslProtocols protocol, string name, string alpn)
    {
        var protocols = alpn.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var certificate = authority.Issue(key, HostName);
        await using var nginx = await NginxWithCertbotsOptions.StartAsync(certificate);
        await using var relay = TestRelay.Start(certificate);

        var expected = await ServerFlight.CaptureAsync(nginx.EndPoint, name, protocol, protocols, Stop);
        var seen = await ServerFlight.CaptureAsync(relay.EndPoint, name, protocol, protocols, Stop);

        Assert.Equal(Shape(expected), Shape(seen));
        Assert.NotEmpty(seen.Records);
    }

    /// <remarks>With h2 nginx speaks first, and so does the decoy: that is compared where the decoy is real. An ECDSA signature is 70 to 72 bytes long, by chance: in TLS 1.3 its record, in TLS 1.2 its key exchange counts as one length.</remarks>
    private static string Shape(ServerFlight flight) => string.Join(" ", flight.Records.Select(static record => record.Length switch
    {
        >= 94 and <= 97 => $"{record.Type}:CertificateVerify",
        >= 114 and <= 117 => $"{record.Type}:ServerKeyExchange",
        _ => $"{record.Type}:{record.Length}",
    }));
}
