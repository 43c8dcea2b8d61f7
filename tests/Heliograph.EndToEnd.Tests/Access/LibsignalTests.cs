using System.Net;
using Heliograph.EndToEnd.Tests.Libsignal;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary>Signal's own client library by the name of a group.</summary>
public sealed class LibsignalTests(LibsignalProject libsignal) : IClassFixture<LibsignalProject>
{
    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task It_connects_through_a_live_name_and_not_through_a_revoked_one_or_the_bare_domain()
    {
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        using var authority = new TestAuthority();
        using var files = new TempDirectory();
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "localhost").WriteTo(files);
        var (server, chatPort) = await libsignal.StartChatServerAsync(chain, key, httpVersion: 2);
        await using var _ = server;
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Domains = [Groups.Domain, "*." + Groups.Domain],
                Routes = ProxySettings.Route("localhost", new IPEndPoint(IPAddress.Loopback, chatPort)),
                More = "access: { mode: unlisted }",
            },
            authority);
        var groups = new Groups(proxy.Config);
        var family = await groups.LinkAsync("new", "family");
        await File.WriteAllBytesAsync(files["root.der"], authority.Root.RawData, Bound.Token);
        var root = files.Write("root.pem", authority.RootPem);
        var hosts = files.Write("hosts", $"127.0.0.1 localhost {family} {Groups.Domain}\n");

        var (code, output, errors) = await DriveAsync(family);
        Assert.True(code == 0, output + errors);
        Assert.Contains("5 concurrent connections, 20 requests answered", output, StringComparison.Ordinal);

        (code, output, errors) = await DriveAsync(Groups.Domain);
        Assert.True(code == 1, output + errors);
        Assert.Equal(0, (await groups.RunAsync("revoke", "family")).ExitCode);
        (code, output, errors) = await DriveAsync(family);
        Assert.True(code == 1, output + errors);
        Assert.Equal(5, server.Output.Split("connection over HTTP/2").Length - 1);

        Task<(int ExitCode, string Output, string Errors)> DriveAsync(string name) => libsignal.DriveAsync(
            PrivateMounts.Over("/etc/hosts", hosts), root, TimeSpan.FromSeconds(60),
            "chat", name, $"{proxy.Endpoint.Port}", $"{chatPort}", files["root.der"], "2", "5", "100000");
    }
}
