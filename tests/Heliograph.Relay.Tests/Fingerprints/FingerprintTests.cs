using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Fingerprints;
using Heliograph.Testing.Nginx;
using Heliograph.Tls13.Hello;

namespace Heliograph.Relay.Tests.Fingerprints;

/// <summary>Shows that the tools which distinguish TLS servers do so: nginx is recognized, and .NET's SslStream differs.</summary>
[Trait("Needs", "server")]
public sealed class FingerprintTests : IDisposable
{
    private const string HostName = "example.org";
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public FingerprintTests()
    {
        var request = new CertificateRequest($"CN={HostName}", key, HashAlgorithmName.SHA256);
        certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }

    [Fact]
    public async Task The_JARM_of_two_nginx_is_equal_and_that_of_an_SslStream_server_is_not()
    {
        await using var one = await StartNginxAsync();
        await using var other = await StartNginxAsync();
        await using var sslStream = new SslStreamServer(certificate);

        var jarm = await Jarm.ScanAsync(one.EndPoint, HostName, Stop);

        Assert.Matches("^[0-9a-f]{62}$", jarm);
        Assert.DoesNotMatch("^0+$", jarm);
        Assert.Equal(jarm, await Jarm.ScanAsync(one.EndPoint, HostName, Stop));
        Assert.Equal(jarm, await Jarm.ScanAsync(other.EndPoint, HostName, Stop));
        Assert.NotEqual(jarm, await Jarm.ScanAsync(sslStream.EndPoint, HostName, Stop), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_server_that_closes_on_every_hello_has_a_JARM_of_zeros()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var scan = Jarm.ScanAsync((IPEndPoint)listener.LocalEndpoint, HostName, Stop);
        while (!scan.IsCompleted)
        {
            var accept = listener.AcceptSocketAsync(Stop).AsTask();
            if (await Task.WhenAny(accept, scan) == accept)
                (await accept).Dispose();
        }

        Assert.Equal(new string('0', 62), await scan);
    }

    [Fact]
    public void Every_hello_of_a_JARM_scan_is_one_that_the_hello_reader_reads()
    {
        var hellos = Jarm.Hellos(HostName).Select(bytes => (Status: ClientHelloReader.Read(bytes, out var hello), Hello: hello)).ToArray();

        Assert.Equal(10, hellos.Length);
        Assert.All(hellos, hello => Assert.Equal(HelloStatus.Hello, hello.Status));
        Assert.All(hellos, hello => Assert.Equal(HostName, hello.Hello!.ServerName));
        Assert.Equal(
            ["hq", "h2c", "h2", "spdy/3", "spdy/2", "spdy/1", "http/1.1", "http/1.0", "http/0.9"], hellos[0].Hello!.ApplicationProtocols);
        Assert.Equal(["http/0.9", "http/1.0", "spdy/1", "spdy/2", "spdy/3", "h2c", "hq"], hellos[3].Hello!.ApplicationProtocols);
    }

    /// <summary>
    /// EncryptedExtensions that acknowledge server_name (27), Certificate, CertificateVerify by ECDSA (about 96), Finished by SHA-384 (69),
    /// and two tickets of a session kept in the server (74). OpenSSL 3.5 agrees on X25519MLKEM768.
    /// </summary>
    [Fact]
    public async Task The_flight_of_nginx_has_the_lengths_of_an_acknowledged_name_and_two_tickets_of_a_kept_session()
    {
        await using var nginx = await StartNginxAsync();

        var flight = await ServerFlight.CaptureAsync(nginx.EndPoint, HostName, SslProtocols.Tls13, [], Stop);

        var isPostQuantum = SafeEvpPKeyHandle.OpenSslVersion >= 0x30500000;
        Assert.Equal(isPostQuantum ? "22:1210 20:1" : "22:122 20:1", string.Join(" ", flight.Records.Take(2)));
        Assert.Equal(6, flight.EncryptedLengths.Count);
        Assert.Equal(27, flight.EncryptedLengths[0]);
        Assert.InRange(flight.EncryptedLengths[2], 94, 97);
        Assert.Equal([69, 74, 74], flight.EncryptedLengths.Skip(3));
    }

    [Fact]
    public async Task The_flight_of_an_SslStream_server_does_not_acknowledge_the_name_and_has_longer_tickets()
    {
        await using var server = new SslStreamServer(certificate);

        var flight = await ServerFlight.CaptureAsync(server.EndPoint, HostName, SslProtocols.Tls13, [], Stop);

        Assert.Equal(23, flight.EncryptedLengths[0]);
        Assert.All(flight.EncryptedLengths.Skip(4), length => Assert.NotEqual(74, length));
    }

    [Fact]
    public async Task The_flight_of_TLS_1_2_is_described_by_type_and_length()
    {
        await using var nginx = await StartNginxAsync();

        var flight = await ServerFlight.CaptureAsync(nginx.EndPoint, HostName, SslProtocols.Tls12, ["http/1.1"], Stop);

        Assert.Empty(flight.EncryptedLengths);
        Assert.Equal(new TlsRecord(22, 4), flight.Records[3]); // ServerHelloDone
        Assert.Contains(new TlsRecord(20, 1), flight.Records);
    }

    private Task<NginxWithCertbotsOptions> StartNginxAsync()
    {
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed: apt-get install nginx-light.");
        return NginxWithCertbotsOptions.StartAsync(new TestCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem()));
    }
}
