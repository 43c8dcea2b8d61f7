using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>Handshakes without libssl must still obey the system's openssl.cnf.</summary>
public class OpenSslConfigurationTests
{
    [Theory(Timeout = Bound.Test)]
    [InlineData("Ciphersuites = TLS_AES_256_GCM_SHA384", TlsCipherSuite.TLS_AES_256_GCM_SHA384)]
    [InlineData("Groups = P-384", TlsCipherSuite.TLS_AES_128_GCM_SHA256)]
    public async Task A_client_that_meets_openssl_cnf_is_served(string rule, TlsCipherSuite suite)
    {
        Proxy.NeedsHeliograph();
        using var directory = new TempDirectory();
        await using var proxy = await StartAsync(directory, rule);

        Assert.Equal(SslProtocols.Tls13, await ShakeHandsAsync(proxy, suite));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_suite_that_openssl_cnf_excludes_is_refused()
    {
        Proxy.NeedsHeliograph();
        using var directory = new TempDirectory();
        await using var proxy = await StartAsync(directory, "Ciphersuites = TLS_AES_256_GCM_SHA384");

        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeHandsAsync(proxy, TlsCipherSuite.TLS_AES_128_GCM_SHA256));
    }

    /// <summary>
    /// By default OpenSSL 3.5 prefers the group; here the fast handshake could be tempted, because libssl prefers X25519.
    /// </summary>
    [Theory(Timeout = Bound.Test)]
    [InlineData("Groups = X25519MLKEM768:X25519:P-256")]
    [InlineData("Groups = X25519:X25519MLKEM768")]
    public async Task Nobody_who_offers_a_post_quantum_key_exchange_gets_another_where_OpenSSL_has_it(string rule)
    {
        const long FirstPostQuantum = 0x30500000;
        Proxy.NeedsHeliograph();
        Assert.SkipUnless(SafeEvpPKeyHandle.OpenSslVersion >= FirstPostQuantum, "this OpenSSL has no X25519MLKEM768");
        using var directory = new TempDirectory();
        await using var proxy = await StartAsync(directory, rule);

        var (_, output, errors) = await ChildProcess.RunAsync(
            "sh", ["-c", $"openssl s_client -connect {proxy.Endpoint} -groups '*X25519MLKEM768:*X25519' </dev/null"], Bound.Prompt);

        Assert.Contains("Negotiated TLS1.3 group: X25519MLKEM768", output + errors, StringComparison.Ordinal);
    }

    private static async Task<Proxy> StartAsync(TempDirectory directory, string rule)
    {
        var file = directory["openssl.cnf"];
        await File.WriteAllTextAsync(
            file, $"openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = rules\n[rules]\n{rule}\n", Bound.Token);
        return await Proxy.StartAsync(new ProxySettings { Wrapper = ["env", $"OPENSSL_CONF={file}"] });
    }

    private static async Task<SslProtocols> ShakeHandsAsync(Proxy proxy, TlsCipherSuite suite)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.Endpoint, Bound.Token);
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "proxy.example",
                CipherSuitesPolicy = new CipherSuitesPolicy([suite]),
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            },
            Bound.Token);
        return tls.SslProtocol;
    }
}
