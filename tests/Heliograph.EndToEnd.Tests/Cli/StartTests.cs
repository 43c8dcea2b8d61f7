using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Routing;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Web;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary><c>heliograph run</c>: its output when it starts, its errors when it cannot, and how it ends.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private string? masked;
    private string? like;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task It_says_what_it_serves_and_then_ready()
    {
        await using var program = await StartAsync("--domain", "localhost", "--domain", "127.0.0.1", "--route", "a.example=127.0.0.1:9");
        var lines = program.Output.TrimEnd('\n').Split('\n');
        Assert.Matches(@"\AHeliograph [0-9.]+\z", lines[0]);
        Assert.Matches(@"\A  listening on  127\.0\.0\.1:[0-9]+; no plain HTTP\z", lines[1]);
        Assert.Matches(
            @"\A  certificate   localhost, 127\.0\.0\.1, until [0-9-]{10}, self-signed, created at this start: no client trusts it\z",
            lines[2]);
        Assert.Matches(@"\A  tls           OpenSSL 3\.[0-9.]+, AES-GCM by (OpenSSL|ipsec-mb [12]\.[0-9.]+)\z", lines[3]);
        Assert.Equal(
            $"  routes        19 hosts (sets: signal, 1 of your own; list {HostList.BuiltIn.Version}), and others under signal.org",
            lines[4]);
        Assert.Equal($"  decoy         the built-in web site, like {NginxProfile.OfThisMachine().Name}", lines[5]);
        Assert.Equal($"  state         {directory["state"]}", lines[6]);
        Assert.Matches(@"\A  metrics       http://127\.0\.0\.1:[0-9]+/metrics\z", lines[7]);
        Assert.Equal("  share link    https://signal.tube/#localhost", lines[8]);
        Assert.Equal("  share link    https://signal.tube/#127.0.0.1", lines[9]);
        Assert.Equal("  note          Signal's clients connect to port 443: forward it here", lines[10]);
        Assert.Equal("ready", lines[11]);
        Assert.Equal(12, lines.Length);
        Assert.Equal("", program.Errors);
    }

    [Fact]
    public async Task It_says_which_nginx_its_web_site_is_like()
    {
        like = "nginx-1.26";
        await using var program = await StartAsync("--domain", "localhost");
        Assert.Contains("\n  decoy         the built-in web site, like nginx-1.26\n", program.Output, StringComparison.Ordinal);
        Assert.Equal("", program.Errors);
    }

    /// <remarks>
    /// OPENSSL_ia32cap(3) is what an operator of nginx would reach for. Without VAES and VPCLMULQDQ ipsec-mb is left out.
    /// </remarks>
    [Fact]
    public async Task OpenSSLs_processor_mask_applies_here_too()
    {
        masked = ":~0x60000000000";
        await using var program = await StartAsync("--domain", "localhost");
        Assert.Matches(@"(?m)^  tls           OpenSSL 3\.[0-9.]+, AES-GCM by OpenSSL$", program.Output);
        Assert.Equal("", program.Errors);
    }

    [Fact]
    public async Task It_leaves_no_core_dump_and_raises_its_descriptor_limit()
    {
        await using var program = await StartAsync("--domain", "localhost");
        var limits = await File.ReadAllLinesAsync($"/proc/{program.Id}/limits", TestContext.Current.CancellationToken);
        Assert.Matches(@"^Max core file size +0 +0 ", limits.Single(static line => line.StartsWith("Max core", StringComparison.Ordinal)));
        var files = limits
            .Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files[4], files[3]);
    }

    [Fact]
    public async Task It_stays_small_when_idle()
    {
        await using var program = await StartAsync("--domain", "localhost");
        Assert.InRange(program.ResidentBytes(), 1, 80L * 1024 * 1024);
    }

    [Theory]
    [InlineData(Processes.SIGTERM)]
    [InlineData(Processes.SIGINT)]
    public async Task A_signal_ends_it_with_0_and_nothing_is_left_behind(int signal)
    {
        await using var program = await StartAsync("--domain", "localhost");
        program.Signal(signal);
        Assert.Equal(0, await program.WaitForExitAsync(BuiltProgram.Limit));
        Assert.Empty(Directory.GetFileSystemEntries(program.TemporaryDirectory));
    }

    [Fact]
    public async Task A_state_directory_that_is_deleted_while_it_runs_does_not_spoil_its_end()
    {
        await using var program = await StartAsync("--domain", "localhost");
        Directory.Delete(directory["state"], recursive: true);
        program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await program.WaitForExitAsync(BuiltProgram.Limit));
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var program = await StartAsync("--domain", "localhost", "--drain-timeout", "1h");
        var listening = await program.WaitForLineAsync(
            static line => line.Contains("listening on", StringComparison.Ordinal), BuiltProgram.Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(
            IPEndPoint.Parse(listening.Split("listening on")[1].Split(';')[0].Trim()), TestContext.Current.CancellationToken);
        await program.WaitForLineAsync(static line => line == "ready", BuiltProgram.Limit);
        program.Signal(Processes.SIGTERM);
        await program.WaitForLineAsync(static line => line.Contains("Stopping", StringComparison.Ordinal), BuiltProgram.Limit);
        var watch = Stopwatch.StartNew();
        program.Signal(Processes.SIGTERM);
        Assert.Equal(1, await program.WaitForExitAsync(BuiltProgram.Limit));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("--nofile=80:80", "this process may have 80 open files, and needs ")]
    [InlineData("--nofile=110:110", "this process may have 110 open files, and needs ")]
    [InlineData("--nofile=130:130", "this process may have 130 open files, and needs ")]
    [InlineData("--as=3000000000", "this process may have 3000 MB of address space, and needs 8000")]
    public async Task A_limit_that_is_too_low_is_reported_in_one_line(string limit, string problem)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(
            "prlimit", [limit, HeliographProcess.Program, .. Arguments(["--domain", "localhost"])], BuiltProgram.Limit);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("heliograph: " + problem, errors, StringComparison.Ordinal);
        Assert.Contains("limit: ", errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(static c => c == '\n'));
    }

    [Fact]
    public async Task A_port_in_use_is_reported_in_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await FailsAsync(
            1,
            $"cannot listen on 127.0.0.1:{port}: another program has the port; find it with: ss -ltnp 'sport = :{port}'",
            "--listen",
            $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_port_in_use_for_plain_http_is_reported_in_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await FailsAsync(1, $"127.0.0.1:{port}", "--listen", "127.0.0.1:0", "--http-listen", $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_reported_in_one_line() =>
        await FailsAsync(1, "cannot listen on 192.0.2.1:8443: this machine has no such address", "--listen", "192.0.2.1:8443");

    [Fact]
    public async Task A_missing_certificate_is_reported_in_one_line() =>
        await FailsAsync(
            1,
            $"certificate.chain: {directory["none.pem"]} cannot be read by user {Environment.UserName} (there is no such file); allowed: " +
            "the path of a PEM file",
            Files(directory["none.pem"], directory["none.pem"]));

    [Fact]
    public async Task A_directory_for_a_certificate_is_reported_in_one_line() =>
        await FailsAsync(1, $"certificate.chain: {directory.Path} cannot be read by user", Files(directory.Path, directory.Path));

    [Fact]
    public async Task An_invalid_certificate_is_reported_in_one_line()
    {
        var text = directory.Write("text.pem", "hello\n");
        await FailsAsync(1, $"certificate.chain {text} with certificate.key {text}: the chain contains no certificate", Files(text, text));
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_reported_in_one_line()
    {
        using var authority = new TestAuthority();
        var (chain, _) = authority.Issue(TestKey.Ecdsa, "localhost").WriteTo(directory);
        var other = directory.Write("other.pem", authority.Issue(TestKey.Ecdsa, "localhost").KeyPem);
        await FailsAsync(
            1,
            $"certificate.chain {chain} with certificate.key {other}: the private key is not the key of the first certificate",
            Files(chain, other));
    }

    [Fact]
    public async Task An_invalid_state_directory_is_reported_in_one_line()
    {
        var file = directory.Write("file", "");
        await FailsAsync(
            1,
            $"state_directory: {file}/state cannot be written to by user {Environment.UserName} (",
            "--certificate-source", "self-signed", "--state-directory", file + "/state");
    }

    [Fact]
    public async Task A_missing_decoy_directory_is_reported_in_one_line() =>
        await FailsAsync(1, directory["www"], "--decoy-directory", directory["www"]);

    [Fact]
    public void A_missing_library_is_reported_with_its_package()
    {
        var missing = Assert.Throws<StartException>(static () => ProcessSetup.RequireLibrary("libnone.so.3"));
        Assert.Equal(
            "libnone.so.3 (OpenSSL 3) is missing; on Debian and Ubuntu: apt-get install libssl3t64 (libssl3 on Debian 12, Ubuntu 22.04 " +
            "and earlier)",
            missing.Message);
    }

    private static string[] Files(string chain, string key) =>
        ["--certificate-source", "files", "--certificate-chain", chain, "--certificate-key", key];

    private async Task<ChildProcess> StartAsync(params string[] arguments)
    {
        var program = ChildProcess.Start(
            HeliographProcess.Program,
            Arguments(arguments),
            directory.Path,
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                // Its default is one port of the whole machine.
                ["HELIOGRAPH__METRICS__LISTEN"] = "127.0.0.1:0",
                ["HELIOGRAPH__DECOY__LIKE"] = like,
                ["OPENSSL_ia32cap"] = masked,
            });
        try
        {
            await program.WaitForLineAsync(static line => line == "ready", BuiltProgram.Limit);
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    private async Task FailsAsync(int code, string problem, params string[] arguments)
    {
        var (actual, output, errors) = await BuiltProgram.RunAsync(Arguments(["--domain", "localhost", .. arguments]));
        Assert.Equal("", output);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
        Assert.StartsWith("heliograph: ", errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(static c => c == '\n'));
        Assert.Equal(code, actual);
    }

    /// <summary>What a test does not set is on loopback and in its own directory.</summary>
    private string[] Arguments(string[] given)
    {
        (string Flag, string Value)[] defaults =
        [
            ("--listen", "127.0.0.1:0"),
            ("--http-listen", "none"),
            ("--certificate-source", "self-signed"),
            ("--state-directory", directory["state"]),
        ];
        return
        [
            "run",
            .. given,
            .. defaults.Where(flag => !given.Contains(flag.Flag)).SelectMany(static flag => new[] { flag.Flag, flag.Value }),
        ];
    }
}
