using System.Net;
using Heliograph.Relay.Tests.Server;
using Heliograph.Relay.Upstream;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;
using Heliograph.Testing.Tls13;

[assembly: AssemblyFixture(typeof(Heliograph.Relay.Tests.OuterTls.Handshakes.HandshakeServers))]

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>The certificate of both servers.</summary>
internal enum TestedCertificate
{
    /// <summary>certbot's choice.</summary>
    Ecdsa,

    /// <summary>Served by libssl.</summary>
    Rsa,

    /// <summary>One with so many names that the flight is longer than the 4,096 bytes that OpenSSL collects.</summary>
    Long,
}

/// <summary>
/// nginx with certbot's options, and a relay whose decoy is an nginx: with an ECDSA certificate, and with an RSA one. All tests of
/// handshakes share them.
/// </summary>
public sealed class HandshakeServers : IAsyncLifetime
{
    /// <summary>For a connection that stays silent when it should answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<TestedCertificate, Lazy<Task<Pair>>> pairs = Enum.GetValues<TestedCertificate>()
        .ToDictionary(static certificate => certificate, static certificate => new Lazy<Task<Pair>>(() => StartAsync(certificate)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Does the same to both and compares what they send.</summary>
    /// <param name="deed">What the client does.</param>
    /// <param name="certificate">The certificate of the servers.</param>
    internal Task CompareAsync(Func<RawHandshake, Task> deed, TestedCertificate certificate = TestedCertificate.Ecdsa) =>
        CompareVisitsAsync(async visitor => await deed(await visitor.ConnectAsync()), certificate);

    /// <summary>The same with as many connections as the visitor wants to make.</summary>
    internal async Task CompareVisitsAsync(Func<Visitor, Task> deed, TestedCertificate certificate = TestedCertificate.Ecdsa)
    {
        var pair = await pairs[certificate].Value;
        var visits = new ComparedVisits();
        string[] stories;
        do
        {
            stories = await Task.WhenAll(TellAsync(pair.Nginx.EndPoint, deed), TellAsync(pair.Relay.EndPoint, deed));
        }
        while (visits.Add(stories[0], stories[1]));
        TestContext.Current.TestOutputHelper?.WriteLine(stories[0]);
        visits.AssertAreSame();
    }

    /// <summary>What a server sends to a visitor.</summary>
    internal static async Task<string> TellAsync(IPEndPoint server, Func<Visitor, Task> deed)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        using var visitor = new Visitor(server, patience.Token);
        try
        {
            await deed(visitor);
            return visitor.Story;
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{server} stays silent after this:\n{visitor.Story}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pair in pairs.Values.Where(static pair => pair.IsValueCreated))
            await (await pair.Value).DisposeAsync();
    }

    private static async Task<Pair> StartAsync(TestedCertificate kind)
    {
        using var authority = new TestAuthority();
        string[] names =
        [
            "proxy.example",
            .. kind == TestedCertificate.Long ? Enumerable.Range(1, 200).Select(static number => $"name-{number}.proxy.example") : [],
        ];
        var certificate = authority.Issue(kind == TestedCertificate.Rsa ? TestKey.Rsa : TestKey.Ecdsa, names);
        var site = await NginxSite.StartAsync();
        var decoy = new UpstreamEndpoint.Tcp("127.0.0.1", site.Http1.Port);
        var relay = TestRelay.Start(certificate, decoy: decoy, change: options => options with
        {
            Decoy = options.Decoy with { Http2 = new UpstreamEndpoint.Tcp("127.0.0.1", site.Http2.Port) },
            AgesSessions = ComparedNginx.Version >= new Version(1, 23, 2),
        });
        return new(await NginxWithCertbotsOptions.StartAsync(certificate), site, relay);
    }

    private sealed record Pair(NginxWithCertbotsOptions Nginx, NginxSite Site, TestRelay Relay) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Relay.DisposeAsync();
            await Site.DisposeAsync();
            await Nginx.DisposeAsync();
        }
    }
}
