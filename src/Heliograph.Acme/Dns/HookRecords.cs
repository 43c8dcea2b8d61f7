using System.Diagnostics;
using Heliograph.Acme.Protocol;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Dns;

/// <summary>A program of the operator's, called as <c>HOOK present|cleanup FQDN VALUE</c> (the convention of lego's exec provider).</summary>
internal sealed class HookRecords : IDnsRecords
{
    private const int MaxOutput = 4096;

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

    public async Task<IAsyncDisposable> PresentAsync(string name, string value, CancellationToken stop)
    {
        await RunAsync("present", name, value, stop);
        var cleanup = new Cleanup(() => RemoveAsync(name, value));
        try
        {
            await visibility.WaitAsync(name, value, [], stop);
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
        catch (AcmeException failure)
        {
            logger.RecordLeft(name, failure.Message);
        }
    }

    private async Task RunAsync(string action, string name, string value, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        using var process = Start(action, name, value);
        try
        {
            process.StandardInput.Close();
            var output = ReadBoundedAsync(process.StandardOutput, limit.Token);
            var errors = ReadBoundedAsync(process.StandardError, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode == 0)
                return;
            var said = Text.Clean(await errors + " " + await output, [value]);
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook} {action} {name} VALUE' ended with code {process.ExitCode}: {said}.");
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            stop.ThrowIfCancellationRequested();
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook} {action} {name} VALUE' did not end within {timeout.TotalSeconds:0} seconds and was killed.");
        }
    }

    private Process Start(string action, string name, string value)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(hook, [action, name, value])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new AcmeException(AcmeFailure.Configuration,
                $"acme.dns.hook: '{hook}' cannot be started: {failure.Message}. Give the whole path of an executable file.", failure);
        }
    }

    /// <summary>Reads on to the end, so that the program is never stuck in a full pipe, and keeps the beginning.</summary>
    private static async Task<string> ReadBoundedAsync(StreamReader reader, CancellationToken stop)
    {
        var kept = new System.Text.StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await reader.ReadAsync(buffer, stop)) > 0)
            kept.Append(buffer, 0, Math.Min(read, MaxOutput - kept.Length));
        return kept.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in this moment.
        }
    }
}
