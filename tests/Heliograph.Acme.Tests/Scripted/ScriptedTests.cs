using System.Net;
using System.Net.Sockets;
using Heliograph.Acme.Storage;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>
/// What tests with the scripted authority have in common: a manual clock, and managers that stand for restarts.
/// </summary>
public abstract class ScriptedTests : IDisposable
{
    private protected const string Name = "proxy.heliograph.test";

    private protected static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private protected ManualTimeProvider Clock { get; } = new(Start);

    private protected TestPorts Ports { get; } = new();

    private protected TempDirectory State { get; } = new();

    private protected RecordingLogger Log { get; } = new();

    private protected List<IssuedCertificate> Used { get; } = [];

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Ports.Dispose();
        State.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected AcmeOptions Options(ScriptedCa ca, params string[] domains) => new()
    {
        Domains = domains.Length == 0 ? [Name] : domains,
        StateDirectory = State.Path,
        Directory = ca.DirectoryUrl,
        CaRoot = ca.CaRootFile,
        RequestTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>The random numbers are the same in every run.</summary>
    private protected CertificateManager Open(
        AcmeOptions options, Action<WriteStep>? fault = null, IStateStore? shared = null, Action<IssuedCertificate>? use = null) =>
        new(options, Ports.Responders, use ?? Used.Add, Clock, Log, new Random(1), ResolveAsync, fault, shared);

    /// <summary>What DNS says about a host; a host that is missing does not exist.</summary>
    private protected Dictionary<string, IPAddress[]> Dns { get; } = new(StringComparer.Ordinal);

    /// <summary>Happens before DNS says it.</summary>
    private protected Func<string, Task>? Asked { get; set; }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        await (Asked?.Invoke(host) ?? Task.CompletedTask);
        return Dns.TryGetValue(host, out var addresses)
            ? addresses
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>A restart, one check, a shutdown.</summary>
    private protected async Task<CertificateDescription> RestartAndLookAsync(AcmeOptions options)
    {
        await using var manager = Open(options);
        await manager.RenewIfDueAsync(Stop);
        return manager.Describe();
    }
}
