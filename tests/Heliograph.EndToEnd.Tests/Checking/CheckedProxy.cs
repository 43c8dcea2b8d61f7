using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Relay.Routing;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary>
/// A throw-away authority, a stand-in for all of Signal's hosts, and the built program's <c>check</c> with the options for them.
/// </summary>
internal sealed partial class CheckedProxy : IAsyncDisposable
{
    public const string Name = "proxy.example";

    private readonly TempDirectory directory = new();
    private readonly StandInSignal signal;
    private readonly string caRoot;

    public CheckedProxy()
    {
        signal = StandInSignal.Start(Authority.Issue(TestKey.Ecdsa, [.. Hosts]), StandInBehaviour.EchoAsync);
        caRoot = directory.Write("root.pem", Authority.RootPem);
    }

    /// <summary>The thirteen that today's clients use.</summary>
    public static IReadOnlyList<string> Hosts { get; } = [.. HostList.BuiltIn.GetCurrentNames("signal")];

    public TestAuthority Authority { get; } = new();

    public IPEndPoint Signal => signal.Endpoint;

    /// <summary>PEM file: the authority's root.</summary>
    public string Root => caRoot;

    public TestCertificate Certificate => Authority.Issue(TestKey.Ecdsa, Name, "127.0.0.1", "::1");

    public Dictionary<string, IPEndPoint> Routes() => Hosts.ToDictionary(static host => host, _ => Signal, StringComparer.Ordinal);

    /// <summary>All routes but one, which goes elsewhere.</summary>
    public Dictionary<string, IPEndPoint> RoutesBut(string host, IPEndPoint to) => new(Routes(), StringComparer.Ordinal) { [host] = to };

    /// <summary>
    /// Checks the proxy at an address under its name, without DNS; a neutral host or a port for plain HTTP only if asked to.
    /// </summary>
    public Task<CheckRun> RunAsync(IPEndPoint proxy, params string[] arguments) =>
        RunAsync(
            [],
            [
                "check",
                $"{Name}:{proxy.Port}",
                "--resolve",
                $"{Name}:{proxy.Address}",
                "--ca-root",
                caRoot,
                .. Default(arguments, "--http-port", "none"),
                .. Default(arguments, "--neutral", "none"),
                "--quiet",
                .. arguments,
            ]);

    /// <summary>Runs the program with exactly this command line, in a wrapper.</summary>
    public static async Task<CheckRun> RunAsync(IReadOnlyList<string> wrapper, IReadOnlyList<string> arguments)
    {
        string[] command = [.. wrapper, HeliographProcess.Program, .. arguments];
        var (code, output, errors) = await ChildProcess.RunAsync(command[0], command[1..], BuiltProgram.Limit);
        return new(code, output, errors);
    }

    public async ValueTask DisposeAsync()
    {
        await signal.DisposeAsync();
        Authority.Dispose();
        directory.Dispose();
    }

    private static string[] Default(string[] arguments, string option, string value) => arguments.Contains(option) ? [] : [option, value];

    /// <summary>The result of one run of <c>check</c>.</summary>
    internal sealed partial record CheckRun(int ExitCode, string Output, string Errors)
    {
        private JsonElement Json => JsonDocument.Parse(Output).RootElement;

        public string Verdict => Json.GetProperty("verdict").GetString()!;

        public string Summary => Json.GetProperty("summary").GetString()!;

        /// <summary>The outcome of each step of a kind, by subject.</summary>
        public IReadOnlyDictionary<string, string> Outcomes(string step) =>
            Json.GetProperty("proxies")[0]
                .GetProperty("steps")
                .EnumerateArray()
                .Where(one => one.GetProperty("step").GetString() == step)
                .ToDictionary(
                    one => one.TryGetProperty("subject", out var subject) ? subject.GetString()! : "",
                    one => one.GetProperty("outcome").GetString()!,
                    StringComparer.Ordinal);

        /// <summary>The one outcome of a kind of step.</summary>
        public string Outcome(string step) => Assert.Single(Outcomes(step)).Value;

        /// <summary>The output without what differs from run to run: times, ports, the authority's number, dates.</summary>
        public string Masked()
        {
            var text = Authorities().Replace(Output, new string('#', 32));
            text = KeyExchanges().Replace(text, "");
            text = Times().Replace(text, static found => "#".PadLeft(found.Length - 3) + " ms");
            text = Numbers().Replace(text, "${name}#");
            text = Dates().Replace(text, "#");
            text = NginxVersions().Replace(text, "${name}#");
            return Ports().Replace(text, "${name}#");
        }

        [GeneratedRegex("[0-9a-f]{32}", RegexOptions.None, 1000)]
        private static partial Regex Authorities();

        // What this machine's OpenSSL has: KeyExchangeTests.
        [GeneratedRegex(
            @" *\{\s*""step"": ""key_exchange""[^}]*\},\n|^  . key exchange .*\n( {40,}.*\n)*",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture,
            1000)]
        private static partial Regex KeyExchanges();

        [GeneratedRegex(@" +\d+ ms| +\d+\.\d s", RegexOptions.None, 1000)]
        private static partial Regex Times();

        [GeneratedRegex(
            "(?<name>\"took_ms\": |\"port\": |\"days_left\": |\"subject\": (?=\"[0-9]+\"))\"?[0-9.]+\"?", RegexOptions.None, 1000)]
        private static partial Regex Numbers();

        [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.+]*", RegexOptions.None, 1000)]
        private static partial Regex Dates();

        [GeneratedRegex(@"(?<name>nginx/)[0-9.]+", RegexOptions.None, 1000)]
        private static partial Regex NginxVersions();

        [GeneratedRegex(@"(?<name>\bport )\d+", RegexOptions.None, 1000)]
        private static partial Regex Ports();
    }
}
