using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.OuterTls;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>A certificate authority's TLS-ALPN-01 validation (RFC 8737) and everyone else never meet.</summary>
public sealed class ValidationTests : IDisposable
{
    private const string Name = "proxy.example";

    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task While_a_validation_is_pending_500_ordinary_clients_get_the_servers_own_certificate()
    {
        var own = authority.Issue(TestKey.Ecdsa, Name);
        var validation = authority.Issue(TestKey.Ecdsa, Name);
        await using var relay = TestRelay.Start(own);
        relay.Options.Validations.Begin(Name, ServerCertificate.FromPem(validation.ChainPem, validation.KeyPem));

        var seen = new List<string?>();
        for (var i = 0; i < 500; i++)
        {
            var protocols = (i % 4) switch
            {
                0 => Array.Empty<string>(),
                1 => ["h2", "http/1.1"],
                2 => ["http/1.1"],
                _ => ["h2", "acme-tls/1"],
            };
            seen.Add(await CertificateSeenAsync(relay, protocols));
        }

        Assert.Equal(own.Thumbprint(), Assert.Single(seen.Distinct(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task The_validator_gets_the_validation_certificate_and_reaches_nothing_else()
    {
        var validation = authority.Issue(TestKey.Ecdsa, Name);
        await using var relay = TestRelay.Start(authority.Issue(TestKey.Ecdsa, Name));
        relay.Options.Validations.Begin(Name, ServerCertificate.FromPem(validation.ChainPem, validation.KeyPem));

        Assert.Equal(validation.Thumbprint(), await CertificateSeenAsync(relay, ["acme-tls/1"]));

        await relay.Server.DrainAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(1, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.Validation]);
        Assert.Equal(1, relay.Server.GetStatistics().Outcomes.Values.Sum());
    }

    [Fact]
    public async Task A_validator_of_another_name_or_after_the_end_gets_the_alert_that_nginx_sends()
    {
        var validation = authority.Issue(TestKey.Ecdsa, "other.example");
        await using var relay = TestRelay.Start(authority.Issue(TestKey.Ecdsa, Name));
        var lease = relay.Options.Validations.Begin("other.example", ServerCertificate.FromPem(validation.ChainPem, validation.KeyPem));

        await Assert.ThrowsAsync<AuthenticationException>(() => CertificateSeenAsync(relay, ["acme-tls/1"]));
        lease.Dispose();
        await Assert.ThrowsAsync<AuthenticationException>(() => CertificateSeenAsync(relay, ["acme-tls/1"], "other.example"));
    }

    [Fact]
    public async Task Of_two_validations_of_one_name_the_newer_is_answered_and_the_end_of_one_leaves_the_other()
    {
        var (older, newer) = (authority.Issue(TestKey.Ecdsa, Name), authority.Issue(TestKey.Ecdsa, Name));
        await using var relay = TestRelay.Start(authority.Issue(TestKey.Ecdsa, Name));
        var first = Begin(older);
        var second = Begin(newer);
        Assert.Equal(newer.Thumbprint(), await CertificateSeenAsync(relay, ["acme-tls/1"]));
        first.Dispose();
        Assert.Equal(newer.Thumbprint(), await CertificateSeenAsync(relay, ["acme-tls/1"]));
        first = Begin(older);
        first.Dispose();
        Assert.Equal(newer.Thumbprint(), await CertificateSeenAsync(relay, ["acme-tls/1"]));
        second.Dispose();
        await Assert.ThrowsAsync<AuthenticationException>(() => CertificateSeenAsync(relay, ["acme-tls/1"]));

        IDisposable Begin(TestCertificate validation) =>
            relay.Options.Validations.Begin(Name, ServerCertificate.FromPem(validation.ChainPem, validation.KeyPem));
    }

    private static async Task<string?> CertificateSeenAsync(TestRelay relay, IReadOnlyList<string> protocols, string name = Name)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(relay.EndPoint, Stop);
        string? seen = null;
        await using var tls = new SslStream(
            new NetworkStream(socket),
            leaveInnerStreamOpen: false,
            (_, certificate, _, _) =>
            {
                seen = ((X509Certificate2)certificate!).Thumbprint;
                return true;
            });
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = [.. protocols.Select(static one => new SslApplicationProtocol(one))],
            },
            Stop);
        return seen;
    }
}
