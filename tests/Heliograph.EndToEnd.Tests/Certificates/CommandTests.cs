using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary><c>heliograph certificate show|renew|revoke</c>, with and without a server.</summary>
public sealed partial class CommandTests
{
    private const string GoldenFiles = "tests/Heliograph.EndToEnd.Tests/Certificates/Golden/";

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_certificate_is_shown_renewed_and_revoked()
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        proxy.Configure(pebble);
        await CheckAsync("show-nothing", proxy, pebble, 0, "show");
        Assert.False(Directory.Exists(proxy.State), "showing the certificate created the directory");
        await CheckAsync("renew-nobody", proxy, pebble, 1, "renew");
        await CheckAsync("revoke-nothing", proxy, pebble, 1, "revoke", "--yes");

        await proxy.StartAsync();
        await proxy.IssuedAsync();
        await CheckAsync("show-running", proxy, pebble, 0, "show");
        var first = await SerialAsync(proxy);
        await CheckAsync("renew-not-due", proxy, pebble, 0, "renew");
        Assert.Equal(first, await SerialAsync(proxy));
        await CheckAsync("renew-force", proxy, pebble, 0, "renew", "--force");
        var second = await SerialAsync(proxy);
        Assert.NotEqual(first, second);
        Assert.Equal(second, (await proxy.SeenAsync()).SerialNumber);

        await CheckAsync("revoke-unasked", proxy, pebble, 2, "revoke");
        Assert.Equal("Valid", await pebble.StatusAsync(second));
        await CheckAsync("revoke", proxy, pebble, 0, "revoke", "--reason", "key-compromise", "--yes");
        Assert.Equal("Revoked", await pebble.StatusAsync(second));
        // A new one is ordered automatically.
        await Polling.UntilAsync(
            async () => (await proxy.SeenAsync()).SerialNumber != second,
            AcmeProxy.Issued,
            "the revoked one is still served:\n" + proxy.Program.AllOutput);

        await proxy.StopAsync();
        await CheckAsync("show-stored", proxy, pebble, 0, "show");
        var third = await SerialAsync(proxy);
        await CheckAsync("revoke-stored", proxy, pebble, 0, "revoke", "--yes", "--reason", "cessation-of-operation");
        Assert.Equal("Revoked", await pebble.StatusAsync(third));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_failure_is_shown_with_the_time_of_the_next_attempt_and_renew_retries_now()
    {
        using var refusing = LoopbackPort.Refusing(out var nobody);
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble with { TlsPort = nobody.Port, HttpPort = nobody.Port });
        proxy.Configure(pebble, "challenges: [http-01]");
        await proxy.StartAsync();
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("No new certificate: ", StringComparison.Ordinal), AcmeProxy.Issued);
        var (code, output, errors) = await proxy.CommandAsync("show");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("  certificate   none yet; a self-signed one is served until then\n", output, StringComparison.Ordinal);
        Assert.Matches(
            $@"\n  last error    \S+ \S+: 127\.0\.0\.1:?[0-9]* cannot reach {Regex.Escape(AcmeProxy.Name)} on port 80: " +
            @"[^\n]*Open port 80 to the whole internet",
            output);
        Assert.Matches(@"\n  failures      1 in a row; next attempt at \S+ \S+Z, or at once with: heliograph certificate renew\n", output);
        var (failed, nothing, why) = await proxy.CommandAsync("renew");
        Assert.Equal((1, ""), (failed, nothing));
        Assert.Matches(@"\Aheliograph: [^\n]*Open port 80 to the whole internet[^\n]*\n\z", why);

        // A restart asks no sooner, and says so.
        await proxy.StopAsync();
        await proxy.StartAsync();
        var postponed = await proxy.Program.WaitForLineAsync(
            static line => line.Contains("The last order for a certificate failed: ", StringComparison.Ordinal), AcmeProxy.Issued);
        Assert.Contains("Open port 80 to the whole internet", postponed, StringComparison.Ordinal);
        Assert.EndsWith("; once the cause is gone, ask at once with: heliograph certificate renew", postponed, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task With_files_show_says_that_another_program_renews_them_and_renew_refuses()
    {
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        var config = proxy.Directory["heliograph.yaml"];
        var (code, output, _) = await BuiltProgram.RunAsync("certificate", "show", "--config", config);
        Assert.Equal(0, code);
        Assert.Contains("  names         proxy.example, localhost, 127.0.0.1\n", output, StringComparison.Ordinal);
        Assert.Contains(
            "  next renewal  not by Heliograph, but by the program that writes the files; they are watched\n",
            output,
            StringComparison.Ordinal);
        var (refused, _, errors) = await BuiltProgram.RunAsync("certificate", "renew", "--config", config);
        Assert.Equal(1, refused);
        Assert.Equal(
            "heliograph: the running server does not get its own certificate (certificate.source is not acme); renew it where it comes " +
            "from, and the server loads the new one\n",
            errors);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_control_socket_survives_anything_that_is_sent_to_it()
    {
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        var socket = Path.Combine(proxy.Directory["state"], "control.sock");
        const string NoRequest = "a request is one line of JSON, at most 4096 bytes";
        Assert.Contains(NoRequest, await AskAsync(socket, "hello\n"), StringComparison.Ordinal);
        Assert.Contains(NoRequest, await AskAsync(socket, "{}\n"), StringComparison.Ordinal);
        Assert.Contains(NoRequest, await AskAsync(socket, new string(' ', 4096)), StringComparison.Ordinal);
        Assert.Contains(NoRequest, await AskAsync(socket, new string('[', 4000) + "\n"), StringComparison.Ordinal);
        Assert.Contains(
            "does not know this command, perhaps because its version is different; it knows: certificate-",
            await AskAsync(socket, "{\"command\":\"sing\"}\n"),
            StringComparison.Ordinal);
        // Sixteen clients that send nothing are disconnected after five seconds, and then the next one is served.
        var silent = Enumerable.Range(0, 20).Select(_ => Connect(socket)).ToArray();
        Assert.Contains("\"ok\":true", await AskAsync(socket, "{\"command\":\"certificate-show\"}\n"), StringComparison.Ordinal);
        foreach (var one in silent)
            one.Dispose();
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static async Task<string> AskAsync(string path, string request)
    {
        using var socket = Connect(path);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Bound.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Bound.Token);
    }

    private static async Task<string> SerialAsync(AcmeProxy proxy)
    {
        var (code, output, _) = await proxy.CommandAsync("show", "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("serial_number").GetString()!;
    }

    private static async Task CheckAsync(string file, AcmeProxy proxy, PebbleServer pebble, int expected, params string[] arguments)
    {
        var (code, output, errors) = await proxy.CommandAsync(arguments);
        Assert.True(expected == code, $"{code}: {output}{errors}");
        var text = (output + errors)
            .Replace(proxy.State, "STATE", StringComparison.Ordinal)
            .Replace(pebble.DirectoryUrl, "DIRECTORY", StringComparison.Ordinal);
        text = Instant().Replace(text, "INSTANT");
        text = Days().Replace(text, "DAYS left");
        text = Authority().Replace(text, "Pebble Intermediate CA 000000");
        // The Pebble of Debian 13 has renewal information (RFC 9773), that of Debian 12 has not.
        text = text.Replace(
            "the authority suggests a window around that time (ARI)", "a third of its lifetime is left by then", StringComparison.Ordinal);
        Golden.Check(GoldenFiles + file + ".txt", Serial().Replace(text, "serial        SERIAL"));
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Instant();

    // Five years contain one or two leap days.
    [GeneratedRegex("[0-9]+ days left", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Days();

    [GeneratedRegex("Pebble Intermediate CA [0-9a-f]{6}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Authority();

    [GeneratedRegex("serial        [0-9A-F]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Serial();
}
