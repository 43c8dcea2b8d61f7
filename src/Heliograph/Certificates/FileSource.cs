using Heliograph.Relay.OuterTls;
using Microsoft.Extensions.Logging;

namespace Heliograph.Certificates;

/// <summary>A certificate in two PEM files that another program renews.</summary>
/// <remarks>
/// It compares contents instead of using inotify or modification times: that works with the symbolic links that certbot and Kubernetes
/// swap anywhere on the path, with bind mounts and with network file systems. A look is ten wake-ups of threads; one every two seconds
/// was nearly all that an idle server did.
/// </remarks>
internal sealed class FileSource : ICertificateSource
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(15);

    /// <summary>How long changed files have to keep still: they are two, which are not replaced at the same instant.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    private readonly string chainPath;
    private readonly string keyPath;
    private readonly string? pipe;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock reading = new();
    private byte[] served;
    private byte[] lastRead;
    private byte[]? changing;
    private string? lastRejection;
    private Action<ServerCertificate>? use;
    private ITimer? timer;

    private FileSource(string chainPath, string keyPath, CertificateFiles files, TimeProvider timeProvider, ILogger logger)
    {
        this.chainPath = chainPath;
        this.keyPath = keyPath;
        this.timeProvider = timeProvider;
        this.logger = logger;
        pipe = files.Pipe;
        served = lastRead = files.Digest;
        Current = files.Load();
    }

    public ServerCertificate Current { get; private set; }

    public string Description => $"from {chainPath}";

    /// <exception cref="StartException">A file cannot be read, or the two are not a certificate and its key.</exception>
    public static async Task<FileSource> OpenAsync(string chainPath, string keyPath, TimeProvider timeProvider, ILogger logger)
    {
        try
        {
            var files = await CertificateFiles.ReadAsync(chainPath, keyPath, timeProvider);
            return new FileSource(chainPath, keyPath, files, timeProvider, logger);
        }
        catch (CertificateException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    /// <summary>Whether these paths are those of this source and cannot be read again.</summary>
    public bool CannotReopen(string? chain, string? key) => pipe is not null && chain == chainPath && key == keyPath;

    public CertificateReport Describe() => CertificateReport.FromDescription("files", Current);

    public void Watch(Action<ServerCertificate> use)
    {
        this.use = use;
        if (pipe is not null)
            HostLog.CertificateFromPipe(logger, pipe);
        else
            timer = timeProvider.CreateTimer(static self => ((FileSource)self!).CheckForChange(), this, CheckEvery, CheckEvery);
    }

    public void Reload()
    {
        if (pipe is not null)
        {
            HostLog.CertificateFromPipe(logger, pipe);
            return;
        }
        lock (reading)
            Replace(isRequested: true);
    }

    public ValueTask DisposeAsync() => timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void CheckForChange()
    {
        // A check that takes longer than the interval (a network file system that hangs) must not pile up threads here; PemFile sees
        // to those that wait for the file.
        if (!reading.TryEnter())
            return;
        try
        {
            Replace(isRequested: false);
        }
        finally
        {
            reading.Exit();
        }
    }

    /// <param name="isRequested">By the operator, who wants an answer now: what was refused before is judged again.</param>
    private void Replace(bool isRequested)
    {
        try
        {
            var files = CertificateFiles.ReadAgain(chainPath, keyPath);
            if (!isRequested && !HasSettled(files.Digest))
                return;
            lastRead = files.Digest;
            changing = null;
            if (files.Digest.AsSpan().SequenceEqual(served))
            {
                lastRejection = null;
                HostLog.CertificateUnchanged(logger, chainPath);
                return;
            }
            var loaded = files.Load();
            lastRejection = null;
            use?.Invoke(loaded);
            Current = loaded;
            served = files.Digest;
            HostLog.CertificateReplaced(logger, chainPath, string.Join(", ", Current.Names), Current.NotAfter);
        }
        catch (CertificateException exception)
        {
            Reject(exception.Message, isRequested);
        }
    }

    /// <summary>Whether the contents differ from those read last and have kept still. If they only differ, it looks again soon.</summary>
    private bool HasSettled(byte[] digest)
    {
        if (digest.AsSpan().SequenceEqual(lastRead))
        {
            changing = null;
            return false;
        }
        if (changing is not null && digest.AsSpan().SequenceEqual(changing))
            return true;
        changing = digest;
        timer?.Change(SettleTime, CheckEvery);
        return false;
    }

    private void Reject(string problem, bool isRequested)
    {
        // A missing file stays missing for many checks; one line is enough.
        if (!isRequested && problem == lastRejection)
            return;
        lastRejection = problem;
        HostLog.CertificateRejected(logger, problem);
    }
}
