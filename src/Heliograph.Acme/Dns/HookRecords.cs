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

    private Task<string> RunAsync(string action, string name, string value, CancellationToken cancellationToken) =>
        DnsHook.RunAsync(hook, $"{action} {name} VALUE", [action, name, value], secrets: [value], timeout, cancellationToken);
}
