using Heliograph.Acme.Protocol;
using Heliograph.Platform;

namespace Heliograph.Acme.Dns;

/// <summary>Runs the operator's own program for DNS.</summary>
internal static class DnsHook
{
    /// <param name="hook">The program.</param>
    /// <param name="described">Its arguments, for a message.</param>
    /// <param name="arguments">The same, as they are passed.</param>
    /// <param name="secrets">What no message repeats.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The beginning of its output.</returns>
    /// <exception cref="AcmeException">It failed, or took too long.</exception>
    public static async Task<string> RunAsync(
        string hook,
        string described,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> secrets,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var result = await StartAsync(hook, arguments, timeout, cancellationToken);
        if (result.ExitCode is null)
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook} {described}' did not end within {timeout.TotalSeconds:0} seconds and was killed.");
        if (result.ExitCode != 0)
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook} {described}' exited with code {result.ExitCode}: {Text.Clean(result.Output, [.. secrets])}.");
        return result.Output;
    }

    private static async Task<HookResult> StartAsync(
        string hook, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await HookProgram.RunAsync(hook, arguments, environment: null, timeout, cancellationToken);
        }
        catch (HookStartException exception)
        {
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook}' cannot be started: {exception.Message}.", exception);
        }
    }
}
