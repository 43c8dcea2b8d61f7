using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Relay.Routing;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Routes;

/// <summary><c>heliograph routes update</c>, with lists that the real minisign signed.</summary>
public sealed class UpdateTests : IDisposable
{
    private static readonly long Own = HostList.BuiltIn.Version;

    private readonly TempDirectory files = new();

    public void Dispose() => files.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_signed_list_is_used_by_the_running_server_at_once_and_after_a_restart_and_can_be_undone()
    {
        Proxy.NeedsHeliograph();
        var signer = await MinisignSigner.CreateAsync(files);
        await using var proxy = await StartAsync(signer);
        Assert.Contains($"; list {Own})", proxy.Program.Output, StringComparison.Ordinal);
        var list = WriteList("hosts.json", Own + 1, "\"svr9.signal.org\", ");
        await signer.SignAsync(list);

        var (code, output, errors) = await UpdateAsync(proxy, signer, list);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            $"""
            List {Own} (the program's own) is in use; the new one is {Own + 1}, signed by key {KeyId(signer)}:
              + signal: svr9.signal.org
            The running server uses list {Own + 1} from now on.

            """,
            output);
        await AssertUsesAsync(proxy, Own + 1, "svr9.signal.org");
        (code, output, _) = await UpdateAsync(proxy, signer, list);
        Assert.Equal((0, $"List {Own + 1} is in use already.\n"), (code, output));

        proxy.Program.Signal(Processes.SIGTERM);
        await proxy.Program.WaitForExitAsync(BuiltProgram.Limit);
        (code, output, _) = await RunAsync(proxy, signer, "routes", "show");
        Assert.Equal(0, code);
        Assert.StartsWith($"List {Own + 1}\n", output, StringComparison.Ordinal);
        await using var again = await HeliographProcess.StartAsync(proxy.Directory["heliograph.yaml"], proxy.Directory.Path);
        Assert.Contains($"; list {Own + 1})", again.Child.Output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync(proxy, signer, "routes", "undo");
        Assert.Equal(
            (0, $"List {Own} (the program's own) is chosen again.\nThe running server uses list {Own} from now on.\n"), (code, output));
        await AssertUsesAsync(proxy, Own, null);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_older_list_is_refused_unless_it_is_forced()
    {
        Proxy.NeedsHeliograph();
        var signer = await MinisignSigner.CreateAsync(files);
        await using var proxy = await StartAsync(signer);
        var list = WriteList("hosts.json", Own - 1);
        await signer.SignAsync(list);
        var (code, _, errors) = await UpdateAsync(proxy, signer, list);
        Assert.Equal(1, code);
        Assert.Contains($"its version {Own - 1} is older than {Own}, which is in use", errors, StringComparison.Ordinal);
        await AssertUsesAsync(proxy, Own, null);

        // One version for two lists.
        list = WriteList("hosts.json", Own, "\"svr9.signal.org\", ");
        await signer.SignAsync(list);
        (code, _, errors) = await UpdateAsync(proxy, signer, list);
        Assert.Equal(1, code);
        Assert.Contains("with other hosts", errors, StringComparison.Ordinal);

        list = WriteList("hosts.json", Own - 1);
        await signer.SignAsync(list);
        (code, _, errors) = await UpdateAsync(proxy, signer, list, "--force");
        Assert.Equal((0, ""), (code, errors));
        await AssertUsesAsync(proxy, Own - 1, null);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task What_the_project_did_not_sign_as_it_is_is_refused_and_changes_nothing()
    {
        Proxy.NeedsHeliograph();
        var signer = await MinisignSigner.CreateAsync(files);
        using var strangersFiles = new TempDirectory();
        var stranger = await MinisignSigner.CreateAsync(strangersFiles);
        await using var proxy = await StartAsync(signer);
        var list = WriteList("hosts.json", Own + 1, "\"svr9.signal.org\", ");
        await RefusedAsync("hosts.json.minisig cannot be read: there is no such file");
        await stranger.SignAsync(list);
        await RefusedAsync($"its signature is of another key ({KeyId(stranger)}; expected: {KeyId(signer)})");
        await signer.SignAsync(list);
        var whole = await File.ReadAllTextAsync(list, Bound.Token);
        var signature = await File.ReadAllTextAsync(list + ".minisig", Bound.Token);

        const string Changed = "its signature does not fit the list, which was changed or cut short after it was signed";
        await File.WriteAllTextAsync(list, whole.Replace("svr9", "evil", StringComparison.Ordinal), Bound.Token);
        await RefusedAsync(Changed);
        await File.WriteAllTextAsync(list, whole[..(whole.Length / 2)], Bound.Token);
        await RefusedAsync(Changed);
        await File.WriteAllTextAsync(list, "", Bound.Token);
        await RefusedAsync(Changed);
        await File.WriteAllTextAsync(list, whole + new string(' ', 70_000), Bound.Token);
        await RefusedAsync("hosts.json is longer than 64 KiB");
        await File.WriteAllTextAsync(list, whole, Bound.Token);

        await File.WriteAllTextAsync(list + ".minisig", signature[..^40], Bound.Token);
        await RefusedAsync("hosts.json.minisig is no signature of minisign, or is cut short");
        var comment = signature.Split('\n')[2];
        await File.WriteAllTextAsync(
            list + ".minisig", signature.Replace(comment, "trusted comment: other", StringComparison.Ordinal), Bound.Token);
        await RefusedAsync("its signature has a trusted comment that was changed");

        // Signed, and of no use.
        await File.WriteAllTextAsync(list, whole[..(whole.Length / 2)], Bound.Token);
        await signer.SignAsync(list);
        await RefusedAsync("is refused: it is cut short or not JSON");

        await AssertUsesAsync(proxy, Own, null);
        Assert.False(File.Exists(Path.Combine(proxy.Directory["state"], "hosts.json")));

        async Task RefusedAsync(string reason)
        {
            var (code, output, errors) = await UpdateAsync(proxy, signer, list);
            Assert.Equal((1, ""), (code, output));
            Assert.Contains(reason, errors, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_signatures_of_earlier_versions_of_minisign_are_good_too()
    {
        Proxy.NeedsHeliograph();
        var signer = await MinisignSigner.CreateAsync(files);
        await using var proxy = await StartAsync(signer);
        var list = WriteList("hosts.json", Own + 1);
        await signer.SignAsync(list, "-l");
        var (code, output, errors) = await UpdateAsync(proxy, signer, list);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("nothing but the version differs", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_list_comes_from_the_web_too_by_https_only()
    {
        Proxy.NeedsHeliograph();
        var signer = await MinisignSigner.CreateAsync(files);
        using var authority = new TestAuthority();
        var prefix = NginxProcess.CreatePrefix();
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "localhost").WriteTo(files);
        var list = WriteList("hosts.json", Own + 1);
        await signer.SignAsync(list);
        var web = LoopbackPort.Free();
        await using var nginx = await NginxProcess.StartAsync(prefix, $$"""
            server {
                listen {{web}} ssl;
                ssl_certificate {{chain}};
                ssl_certificate_key {{key}};
                root {{files.Path}};
                location /latest/ { rewrite ^/latest(/.*)$ $1 redirect; }
            }
            """, "", [web.ToString()]);
        await using var proxy = await StartAsync(signer);
        var root = files.Write("root.pem", authority.RootPem);
        var (code, _, errors) = await UpdateAsync(proxy, signer, $"https://localhost:{web.Port}/latest/hosts.json", root: root);
        Assert.Equal((0, ""), (code, errors));
        await AssertUsesAsync(proxy, Own + 1, null);

        (code, _, errors) = await UpdateAsync(proxy, signer, $"https://localhost:{web.Port}/other.json", root: root);
        Assert.Equal(1, code);
        Assert.Contains("answered 404; check the address", errors, StringComparison.Ordinal);
        (code, _, errors) = await UpdateAsync(proxy, signer, $"http://localhost:{web.Port}/hosts.json", root: root);
        Assert.Equal(2, code);
        Assert.Contains("must be a file, or an address that starts with https://", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_step_of_a_release_signs_the_programs_own_list_so_that_both_minisign_and_the_program_take_it()
    {
        Proxy.NeedsHeliograph();
        var signer = await MinisignSigner.CreateAsync(files);
        var (code, output, errors) = await ChildProcess.RunAsync(
            Repository.PathOf("eng/package"),
            ["--only", "list", "--output", files["out"], "--sign-with", signer.SecretKeyFile],
            BuiltProgram.Limit,
            environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = "1" });
        Assert.True(code == 0, output + errors);
        var list = Path.Combine(files["out"], "hosts.json");
        Assert.Equal(
            await File.ReadAllTextAsync(Repository.PathOf("packaging/hosts.json"), Bound.Token),
            await File.ReadAllTextAsync(list, Bound.Token));
        (code, output, errors) = await ChildProcess.RunAsync("minisign", ["-V", "-P", signer.PublicKey, "-m", list], Bound.Prompt);
        Assert.True(code == 0, output + errors);
        Assert.Contains($"Trusted comment: hosts of Signal, {Own}\n", output, StringComparison.Ordinal);
        var sums = await File.ReadAllTextAsync(Path.Combine(files["out"], "SHA256SUMS"), Bound.Token);
        Assert.Contains("  hosts.json\n", sums, StringComparison.Ordinal);
        Assert.Contains("  hosts.json.minisig\n", sums, StringComparison.Ordinal);

        await using var proxy = await StartAsync(signer);
        (code, output, errors) = await UpdateAsync(proxy, signer, list);
        Assert.Equal((0, $"List {Own} (the program's own) is in use already.\n", ""), (code, output, errors));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_password_for_the_proxy_of_the_environment_is_sent_to_it_and_shown_to_nobody()
    {
        var signer = await MinisignSigner.CreateAsync(files);
        var config = files.Write("heliograph.yaml", $"state_directory: {files["state"]}\nroutes: {{ list_key: {signer.PublicKey} }}\n");
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var address = (IPEndPoint)proxy.LocalEndpoint;
        var asked = AnswerAsync(proxy, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"bees\"", "403 Forbidden");

        var (code, _, errors) = await BuiltProgram.RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["HTTPS_PROXY"] = $"http://me:hush@{address}" },
            "routes", "update", "https://lists.example/hosts.json", "--config", config);

        Assert.Equal(1, code);
        Assert.Contains($"http://{address}/' failed with status code '403'", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", errors, StringComparison.Ordinal);
        // me:hush
        Assert.Contains("Proxy-Authorization: Basic bWU6aHVzaA==", await asked, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Without_a_key_no_list_can_be_checked()
    {
        var config = files.Write("heliograph.yaml", "domains: [proxy.example.org]\n");
        var (code, output, errors) = await BuiltProgram.RunAsync("routes", "update", "hosts.json", "--config", config);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("this build knows no key of the project's", errors, StringComparison.Ordinal);
        Assert.Contains("routes.list_key", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task There_is_nothing_to_undo_before_the_first_update()
    {
        var state = Directory.CreateDirectory(files["state"]).FullName;
        var config = files.Write("heliograph.yaml", $"domains: [proxy.example.org]\nstate_directory: {state}\n");
        var (code, _, errors) = await BuiltProgram.RunAsync("routes", "undo", "--config", config);
        Assert.Equal((1, $"heliograph: there was no update of the list in {state}, so there is nothing to undo\n"), (code, errors));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Keys_that_a_command_does_not_need_may_be_missing_or_wrong_and_no_other_may()
    {
        var state = Directory.CreateDirectory(files["state"]).FullName;
        var config = files.Write("heliograph.yaml", $"state_directory: {state}\nlimits: {{ idle_timeout: soon }}\n");
        var (code, output, errors) = await BuiltProgram.RunAsync(
            "routes", "show", "--config", config, "--route-set", "signal-staging", "--route", "own.example=192.0.2.10:443");
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith($"List {Own} (the program's own)\n", output, StringComparison.Ordinal);
        Assert.Contains("\n  own.example -> 192.0.2.10:443\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("  chat.signal.org\n", output, StringComparison.Ordinal);
        (code, _, errors) = await BuiltProgram.RunAsync("routes", "undo", "--config", config);
        Assert.Equal((1, $"heliograph: there was no update of the list in {state}, so there is nothing to undo\n"), (code, errors));

        (code, output, errors) = await BuiltProgram.RunAsync("routes", "show", "--config", config, "--route-set", "sginal");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(
            "heliograph: the configuration has an error:\n  routes.sets.0 (--route-set): \"sginal\": there is no such set", errors,
            StringComparison.Ordinal);
        files.Write("heliograph.yaml", $"state_directory: {state}\nroutes: {{ list_key: none }}\n");
        (code, output, errors) = await BuiltProgram.RunAsync("routes", "update", "hosts.json", "--config", config);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("routes.list_key", errors, StringComparison.Ordinal);
    }

    /// <summary>Answers a request on a connection of its own each.</summary>
    /// <returns>The last request.</returns>
    private static async Task<string> AnswerAsync(TcpListener listener, params IReadOnlyList<string> answers)
    {
        var request = "";
        foreach (var answer in answers)
        {
            using var client = await listener.AcceptTcpClientAsync(Bound.Token);
            await using var stream = client.GetStream();
            var head = new byte[4096];
            var length = 0;
            while (length < head.Length && !head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            {
                if (await stream.ReadAsync(head.AsMemory(length), Bound.Token) is var read and > 0)
                    length += read;
                else
                    break;
            }
            request = Encoding.ASCII.GetString(head, 0, length);
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), Bound.Token);
        }
        return request;
    }

    private static Task<Proxy> StartAsync(MinisignSigner signer) => Proxy.StartAsync(new ProxySettings
    {
        Sets = "[signal]",
        Wrapper = ["env", "HELIOGRAPH__ROUTES__ZONES=off", $"HELIOGRAPH__ROUTES__LIST_KEY={signer.PublicKey}"],
    });

    private static Task<(int ExitCode, string Output, string Errors)> UpdateAsync(
        Proxy proxy, MinisignSigner signer, string source, string? option = null, string? root = null) =>
        RunAsync(proxy, signer, ["routes", "update", source, .. option is null ? Array.Empty<string>() : [option]], root);

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(
        Proxy proxy, MinisignSigner signer, params string[] command) => RunAsync(proxy, signer, command, root: null);

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(
        Proxy proxy, MinisignSigner signer, string[] command, string? root)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HELIOGRAPH__ROUTES__LIST_KEY"] = signer.PublicKey,
        };
        if (root is not null)
            environment["SSL_CERT_FILE"] = root;
        return BuiltProgram.RunAsync(environment, [.. command, "--config", proxy.Directory["heliograph.yaml"]]);
    }

    private static async Task AssertUsesAsync(Proxy proxy, long version, string? host)
    {
        var (_, output, errors) = await BuiltProgram.RunAsync("status", "--state-directory", proxy.Directory["state"], "--json");
        Assert.Equal("", errors);
        using var status = JsonDocument.Parse(output);
        Assert.Equal(version, status.RootElement.GetProperty("list_version").GetInt64());
        var routes = status.RootElement.GetProperty("routes").EnumerateArray().Select(static one => one.GetProperty("name").GetString());
        Assert.Equal(host is not null, routes.Contains("svr9.signal.org", StringComparer.Ordinal));
    }

    private string WriteList(string name, long version, string more = "") => files.Write(
        name,
        File.ReadAllText(Repository.PathOf("packaging/hosts.json"))
            .Replace(
                Own.ToString(CultureInfo.InvariantCulture), version.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("\"grpc.chat.signal.org\"", $"{more}\"grpc.chat.signal.org\"", StringComparison.Ordinal));

    private static string KeyId(MinisignSigner signer)
    {
        var id = Convert.FromBase64String(signer.PublicKey).AsSpan(2, 8).ToArray();
        Array.Reverse(id);
        return Convert.ToHexString(id);
    }
}
