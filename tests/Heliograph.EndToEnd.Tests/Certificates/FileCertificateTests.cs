using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary>The built program with a certificate in files: what it says at once, at the start and after SIGHUP.</summary>
public sealed class FileCertificateTests : IDisposable
{
    private const string Faulty = "Signal's apps cannot use this certificate: ";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>The default is one port of the whole machine.</summary>
    private static readonly Dictionary<string, string?> Environment =
        new(StringComparer.Ordinal) { ["HELIOGRAPH__METRICS__LISTEN"] = "127.0.0.1:0" };

    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_clients_will_refuse_is_said_before_ready_and_again_at_a_reload_and_the_same_files_are_not_called_new()
    {
        var start = DateTimeOffset.UtcNow.AddDays(2);
        var certificate = authority.IssueFor(start, start.AddDays(20), "other.example");
        var leaf = certificate.ChainPem[..(certificate.ChainPem.IndexOf("-----END", StringComparison.Ordinal) + 26)];
        var (chain, key) = (certificate with { ChainPem = leaf }).WriteTo(directory);
        await using var program = await StartAsync([HeliographProcess.Program], chain, key);
        Assert.Equal(
            ["it is for other.example, but", "it is valid only from ", "its issuer (Heliograph "],
            Faults(program).Zip([28, 22, 23], static (fault, length) => fault[..length]));

        program.Signal(Processes.SIGHUP);
        await program.WaitForLineAsync(
            line => line.EndsWith($"The certificate in {chain} has not changed", StringComparison.Ordinal), Soon);
        await program.WaitForLineAsync(static line => line.Contains("Configuration reloaded", StringComparison.Ordinal), Soon);
        Assert.Equal(6, Faults(program).Count());
        Assert.DoesNotContain("New certificate", program.AllOutput, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Files_from_the_shells_process_substitution_are_read_once_whatever_else_a_reload_changes()
    {
        var config = directory.Write("heliograph.yaml", "domains: [proxy.example]\n");
        var (chain, key) = authority.IssueThroughIntermediate("proxy.example").WriteTo(directory);
        await using var program = await StartAsync(
            ["/bin/bash", "-c", $"exec \"$@\" --config {config} --certificate-chain <(cat {chain}) --certificate-key <(cat {key})", "sh",
                HeliographProcess.Program],
            chain: null,
            key: null);
        Assert.Matches(@"The certificate is from a pipe \(/dev/fd/[0-9]+\), which can be read only once", program.Errors);
        Assert.Empty(Faults(program));

        directory.Write("heliograph.yaml", "domains: [other.example]\n");
        program.Signal(Processes.SIGHUP);
        await program.WaitForLineAsync(
            static line => line.EndsWith("Configuration reloaded; changed: domains", StringComparison.Ordinal), Soon);
        Assert.Equal("it is for proxy.example, but not for other.example, which is in domains", Assert.Single(Faults(program)));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_directory_of_certbots_that_only_root_may_enter_is_named_with_the_command_that_opens_it()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root, to become another user");
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "proxy.example").WriteTo(directory);
        var conf = directory["letsencrypt"];
        foreach (var name in new[] { "live", "archive" })
            Directory.CreateDirectory(Path.Combine(conf, name, "proxy.example"));
        foreach (var (name, file) in new[] { ("fullchain", chain), ("privkey", key) })
        {
            File.Move(file, Path.Combine(conf, "archive", "proxy.example", name + "1.pem"));
            File.CreateSymbolicLink(
                Path.Combine(conf, "live", "proxy.example", name + ".pem"), $"../../archive/proxy.example/{name}1.pem");
        }
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_111_111);
        foreach (var closed in new[] { "live", "archive" })
        {
            foreach (var name in new[] { "live", "archive" })
                File.SetUnixFileMode(Path.Combine(conf, name), (UnixFileMode)(name == closed ? 0b111_000_000 : 0b111_101_101));
            var (code, _, errors) = await ChildProcess.RunAsync(
                "setpriv",
                [
                    "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", HeliographProcess.Program,
                    .. Arguments(
                        Path.Combine(conf, "live", "proxy.example", "fullchain.pem"),
                        Path.Combine(conf, "live", "proxy.example", "privkey.pem")),
                ],
                Soon);
            Assert.Equal(1, code);
            Assert.Contains(
                $"certificate.chain: {conf}/live/proxy.example/fullchain.pem cannot be read by user nobody (permission denied: only its " +
                $"owner may enter {conf}/{closed}, as certbot makes it; give the group nobody access, which certbot keeps from then on: " +
                $"sudo sh -c 'cd {conf} && chgrp -R nobody live archive && chmod 750 live archive && " +
                "chmod 640 archive/*/privkey*.pem')",
                errors,
                StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Faults(ChildProcess program) => program
        .Errors.Split('\n')
        .Where(static line => line.Contains(Faulty, StringComparison.Ordinal))
        .Select(static line => line.Split(Faulty)[1]);

    private async Task<ChildProcess> StartAsync(string[] command, string? chain, string? key)
    {
        var program = ChildProcess.Start(command[0], [.. command[1..], .. Arguments(chain, key)], directory.Path, Environment);
        try
        {
            await program.WaitForLineAsync(static line => line == "ready", Soon);
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    private string[] Arguments(string? chain, string? key) =>
    [
        "run", .. chain is null ? Array.Empty<string>() : ["--domain", "proxy.example"], "--listen", "127.0.0.1:0", "--http-listen", "none",
        "--certificate-source", "files", "--state-directory", directory["state"],
        .. chain is null ? Array.Empty<string>() : ["--certificate-chain", chain, "--certificate-key", key!],
    ];
}
