using System.Text.Json;
using Heliograph.Acme;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Pebble;
using Heliograph.Tests.Configuration;

namespace Heliograph.EndToEnd.Tests.Setup;

/// <summary><c>heliograph init --from-signal-tls-proxy</c>: domain and certificate of an existing proxy.</summary>
public sealed class CheckoutTests : IDisposable
{
    private const string Domain = "proxy.example.org";

    private readonly InitRun init = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        init.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task Domain_and_certificate_are_taken_over_and_the_checkout_stays_as_it_is()
    {
        var checkout = new Checkout(init.Directory["Signal-TLS-Proxy"]).Add(Domain, authority.Issue(TestKey.Ecdsa, Domain));
        var before = checkout.Files();
        var (code, output, errors) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Took over its certificate, valid until ", output, StringComparison.Ordinal);
        Assert.Contains($"Next:\n  (cd {checkout.Root} && docker compose down)\n  ", output, StringComparison.Ordinal);
        Assert.Equal(before, checkout.Files());
        Assert.Equal([Domain], Loaded.From(init.File).Settings!.Domains);
        var (shown, stored, _) = await BuiltProgram.RunAsync("certificate", "show", "--config", init.File);
        Assert.Equal(0, shown);
        Assert.Contains($"  names         {Domain}\n", stored, StringComparison.Ordinal);
        Assert.Contains(AcmeOptions.LetsEncrypt, stored, StringComparison.Ordinal);
        Assert.Contains("a third of its lifetime is left by then", stored, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(init.Directory["state/acme/certificate.json"]));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_certificate_serves_from_the_first_start_and_is_renewed_with_an_account_of_its_own()
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        proxy.Configure(pebble);
        await proxy.StartAsync();
        await proxy.IssuedAsync();
        await proxy.StopAsync();
        // The certificate that certbot would have, with its account; Heliograph has another account.
        using var stored = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(proxy.State, "acme", "certificate.json"), TestContext.Current.CancellationToken));
        var checkout = new Checkout(proxy.Directory["Signal-TLS-Proxy"]).Add(
            AcmeProxy.Name,
            new(stored.RootElement.GetProperty("chain_pem").GetString()!, stored.RootElement.GetProperty("key_pem").GetString()!),
            pebble.DirectoryUrl);
        Directory.Delete(proxy.State, recursive: true);
        var (code, output, errors) = await BuiltProgram.RunAsync(
            "init",
            "--from-signal-tls-proxy",
            checkout.Root,
            "--config",
            proxy.Config,
            "--force",
            "--state-directory",
            proxy.State,
            "--offline",
            "--acme-directory",
            pebble.DirectoryUrl,
            "--acme-ca-root",
            proxy.CaRoot,
            "--listen",
            $"{proxy.Tls}",
            "--http-listen",
            $"{proxy.Http}");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Took over its certificate", output, StringComparison.Ordinal);

        await proxy.StartAsync();
        using var adopted = stored.RootElement.GetProperty("chain_pem").GetString() is { } chain
            ? System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(chain)
            : throw new InvalidOperationException();
        using (var seen = await proxy.SeenAsync())
            Assert.Equal(adopted.SerialNumber, seen.SerialNumber);
        var (renewed, report, problem) = await BuiltProgram.RunAsync("certificate", "renew", "--force", "--config", proxy.Config);
        Assert.Equal((0, ""), (renewed, problem));
        Assert.StartsWith("New certificate: ", report, StringComparison.Ordinal);
        using (var seen = await proxy.SeenAsync())
            Assert.NotEqual(adopted.SerialNumber, seen.SerialNumber);
    }

    [Fact]
    public async Task An_expired_certificate_is_not_taken_over_and_a_new_one_will_be_ordered()
    {
        var checkout = new Checkout(init.Directory["proxy"]).Add(Domain, Checkout.Expired(Domain));
        var (code, output, errors) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(
            "Its certificate expired on 2025-01-01; a new one is ordered at the first start.", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(init.Directory["state"]));
    }

    [Fact]
    public async Task A_chain_that_is_cut_short_is_named_with_the_block_and_the_line()
    {
        var whole = authority.IssueThroughIntermediate(Domain);
        var checkout = new Checkout(init.Directory["proxy"]).Add(Domain, whole with { ChainPem = whole.ChainPem[..^100] });
        var (code, _, errors) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline");
        Assert.Equal(1, code);
        Assert.Matches("the certificate in .* cannot be used: the chain cannot be read: block 2, line [0-9]+: the file ends", errors);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_not_taken_over()
    {
        var checkout = new Checkout(init.Directory["proxy"]).Add(
            Domain, authority.Issue(TestKey.Ecdsa, Domain), AcmeOptions.LetsEncryptStaging);
        var (code, output, _) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline");
        Assert.Equal(0, code);
        Assert.Contains(
            $"Its certificate is not taken over, because it is from {AcmeOptions.LetsEncryptStaging}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_certificates_the_one_in_use_is_taken()
    {
        var checkout = new Checkout(init.Directory["proxy"])
            .Add("old.example.org", authority.Issue(TestKey.Ecdsa, "old.example.org"))
            .Add(Domain, authority.Issue(TestKey.Ecdsa, Domain));
        Assert.Equal(0, (await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline")).ExitCode);
        Assert.Equal([Domain], Loaded.From(init.File).Settings!.Domains);
        File.Delete(Path.Combine(checkout.Root, "data/certbot/conf/active"));
        var (code, _, errors) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline", "--force");
        Assert.Equal(
            (
                2,
                "heliograph: --from-signal-tls-proxy: there are several certificates: old.example.org, proxy.example.org; " +
                    "choose one with --domain NAME\n"),
            (code, errors));
        Assert.Equal(
            0,
            (await init.RunAsync(
                "--from-signal-tls-proxy", checkout.Root, "--offline", "--force", "--domain", "old.example.org")).ExitCode);
        Assert.Equal(["old.example.org"], Loaded.From(init.File).Settings!.Domains);
    }

    [Fact]
    public async Task A_dry_run_takes_nothing_over()
    {
        var checkout = new Checkout(init.Directory["proxy"]).Add(Domain, authority.Issue(TestKey.Ecdsa, Domain));
        var (code, output, _) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline", "--dry-run");
        Assert.Equal(0, code);
        Assert.Contains("would be taken over", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(init.Directory["state"]));
    }

    [Fact]
    public async Task A_directory_that_is_no_checkout_is_reported_in_one_line()
    {
        var (code, output, errors) = await init.RunAsync("--from-signal-tls-proxy", init.Directory.Path, "--offline");
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            $"heliograph: --from-signal-tls-proxy: there is no data/certbot/conf in {init.Directory.Path}; give the directory in which " +
            "init-certificate.sh was run (docker compose ls shows it)\n",
            errors);
    }

    [Fact]
    public async Task A_checkout_without_a_certificate_is_reported_in_one_line()
    {
        var checkout = new Checkout(init.Directory["proxy"]);
        var (code, _, errors) = await init.RunAsync("--from-signal-tls-proxy", checkout.Root, "--offline");
        Assert.Equal(1, code);
        Assert.Contains("there is no certificate in ", errors, StringComparison.Ordinal);
    }
}
