using Heliograph.Acme.Protocol;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>
/// The operator's own program, called as <c>HOOK present|cleanup FQDN VALUE</c> (the convention of lego's exec provider).
/// </summary>
internal sealed class HookRecords : IDnsRecords
{
    private readonly string hook;
    private readonly TimeSpan timeout;
    private readonly DnsVisibility visibility;
    private readonly ILogger logger;

    public HookRecords(string hook, TimeSpan timeout, DnsVisibility visibility, ILogger logger)
    {
        this.hook = hook;
        this.timeout = timeout;
        this.visibility = visibility;
        this.logger = logger;
    }

    public async Task<IAsyncDisposable> PresentAsync(string name, string value, CancellationToken cancellationToken)
    {
        await RunAsync("present", name, value, cancellationToken);
        var cleanup = new Cleanup(() => RemoveAsync(name, value));
        try
        {
            await visibility.WaitAsync(name, value, [], cancellationToken);
            return cleanup;
        }
        catch
        {
            await cleanup.DisposeAsync();
            throw;
        }
    }

    private async Task RemoveAsync(string name, string value)
    {
        try
        {
            await RunAsync("cleanup", name, value, CancellationToken.None);
        }
        catch (AcmeException exception)
        {
            logger.RecordLeft(name, exception.Message);
        }
    }

    private async Task RunAsync(string action, string name, string value, CancellationToken cancellationToken)
    {
        var result = await StartAsync([action, name, value], cancellationToken);
        if (result.ExitCode is null)
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook} {action} {name} VALUE' did not end within {timeout.TotalSeconds:0} seconds and was killed.");
        if (result.ExitCode != 0)
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook} {action} {name} VALUE' exited with code {result.ExitCode}: {Text.Clean(result.Output, [value])}.");
    }

    private async Task<HookResult> StartAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
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
