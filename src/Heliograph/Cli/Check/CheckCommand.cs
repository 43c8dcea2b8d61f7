using System.CommandLine;
using Heliograph.Checking;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Heliograph.Platform;

namespace Heliograph.Cli.Check;

/// <summary><c>heliograph check [HOST[:PORT]]</c>: does a proxy work?</summary>
internal static class CheckCommand
{
    private const string More = """
        Examples:
          heliograph check proxy.example.org
          heliograph check https://signal.tube/#proxy.example.org
          heliograph check proxy.example.org --route grpc.chat.signal.org --json
          heliograph check proxy.example.org --resolve proxy.example.org:203.0.113.7
          heliograph check example.org --web-site          must show strangers a web site, and lead nowhere else
          heliograph check

        It can check any proxy, including Signal's own: its name, its certificate, each of Signal's hosts through it, and what a stranger
        sees. Without HOST it checks this machine first, and then the domains of its configuration.
        It connects to the proxy only. If the proxy cannot be reached at all, it also tries one host that has nothing to do with Signal
        (--neutral), to find out whether this machine's network is down. It dials Signal's hosts directly only on the proxy's own machine,
        or with --direct.

        Exit codes: 0 works, 3 works with warnings, 1 does not work, 2 bad usage.
        """;

    public static Command Create()
    {
        var options = new CheckArguments();
        var command = new DocumentedCommand("check", "Check whether a proxy works: any proxy or, without HOST, this machine's.", More);
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed));
        return command;
    }

    private static async Task<int> RunAsync(CheckArguments arguments, ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (arguments.Read(parsed, error) is not { } request)
            return (int)ExitCode.BadUsage;
        Settings? settings = null;
        if (request.Proxy is null && (settings = arguments.LoadConfiguration(parsed, error)) is null)
            return (int)ExitCode.BadUsage;
        using var signals = new Signals();
        try
        {
            var options = WithAnnouncement(arguments, parsed, request);
            var result = await CheckDisplay.WhileAsync(error, request.Json, request.Quiet, progress => settings is null
                ? OneAsync(options, progress, signals.Stopping)
                : LocalCheck.RunAsync(settings, request.Options, request.ChoosesRoutes, progress, TimeProvider.System, signals.Stopping));
            if (request.Json)
                CheckJson.Write(output, result);
            else
                CheckText.Write(output, result);
            return (int)result.ExitCode;
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            error.WriteLine("heliograph: check: interrupted");
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>A proxy that is given by its name may be this machine's own.</summary>
    private static CheckOptions WithAnnouncement(CheckArguments arguments, ParseResult parsed, CheckRequest request) =>
        request.Proxy is { } proxy
        && arguments.LoadConfiguration(parsed, TextWriter.Null) is { } settings
        && settings.Domains.Any(domain => NamePattern.Covers(domain, proxy.Host))
            ? LocalCheck.AnnounceTo(settings, With(request.Options, settings, proxy), TimeProvider.System)
            : request.Options;

    /// <summary>A name in the configuration is no group's.</summary>
    private static CheckOptions With(CheckOptions options, Settings settings, ProxyAddress proxy) => options with
    {
        IsWebSite = options.IsWebSite
            || (settings.Access.IsUnlisted && settings.Domains.Contains(proxy.Host, StringComparer.Ordinal)),
    };

    private static async Task<CheckResult> OneAsync(
        CheckOptions options, IProgress<CheckProgress> progress, CancellationToken cancellationToken)
    {
        var report = await ProxyCheck.RunAsync(options, progress, TimeProvider.System, cancellationToken);
        return new CheckResult { Verdict = report.Verdict, Summary = report.Summary, Machine = [], Proxies = [report] };
    }
}
