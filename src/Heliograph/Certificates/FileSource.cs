using System.Security.Cryptography;
using System.Text;
using Heliograph.Configuration;
using Heliograph.Relay.OuterTls;
using Microsoft.Extensions.Logging;

namespace Heliograph.Certificates;

/// <summary>A certificate in two PEM files that another program renews.</summary>
/// <remarks>
/// It compares contents instead of using inotify or modification times: reading a few kilobytes every few seconds costs nothing, and works
/// with the symbolic links that certbot and Kubernetes swap anywhere on the path, with bind mounts and with network file systems.
/// </remarks>
internal sealed class FileSource : ICertificateSource
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(2);
    private const int MaxFileLength = 1024 * 1024;

    private readonly string chainPath;
    private readonly string keyPath;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock reading = new();
    private byte[] lastLoaded;
    private byte[]? changing;
    private string? lastRejection;
    private Action<ServerCertificate>? use;
    private ITimer? timer;

    private FileSource(string chainPath, string keyPath, TimeProvider timeProvider, ILogger logger)
    {
        this.chainPath = chainPath;
        this.keyPath = keyPath;
        this.timeProvider = timeProvider;
        this.logger = logger;
        var files = Read();
        lastLoaded = files.Digest;
        Current = Load(files);
    }

    public ServerCertificate Current { get; private set; }

    public string Description => $"from {chainPath}";

    /// <exception cref="StartException">A file cannot be read, or the two are not a certificate and its key.</exception>
    public static FileSource Open(string chainPath, string keyPath, TimeProvider timeProvider, ILogger logger)
    {
        try
        {
            return new FileSource(chainPath, keyPath, timeProvider, logger);
        }
        catch (CertificateException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    public CertificateReport Describe() => CertificateReport.FromDescription("files", Current);

    public void Watch(Action<ServerCertificate> use)
    {
        this.use = use;
        timer = timeProvider.CreateTimer(static self => ((FileSource)self!).CheckForChange(), this, CheckEvery, CheckEvery);
    }

    public void Reload()
    {
        lock (reading)
            Replace(evenIfUnchanged: true);
    }

    public ValueTask DisposeAsync() => timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void CheckForChange()
    {
        // A check that takes longer than the interval (a network file system that hangs) must not pile up threads.
        if (!reading.TryEnter())
            return;
        try
        {
            Replace(evenIfUnchanged: false);
        }
        finally
        {
            reading.Exit();
        }
    }

    private void Replace(bool evenIfUnchanged)
    {
        try
        {
            var files = Read();
            if (!evenIfUnchanged && !HasSettled(files.Digest))
                return;
            lastLoaded = files.Digest;
            changing = null;
            var loaded = Load(files);
            use?.Invoke(loaded);
            Current = loaded;
            HostLog.CertificateReplaced(logger, chainPath, string.Join(", ", Current.Names), Current.NotAfter);
        }
        catch (CertificateException exception)
        {
            Reject(exception.Message, evenIfUnchanged);
        }
    }

    /// <summary>
    /// True if the contents differ from those loaded last and have not changed for one interval: chain and key are two files, which are not
    /// replaced at the same instant.
    /// </summary>
    private bool HasSettled(byte[] digest)
    {
        if (digest.AsSpan().SequenceEqual(lastLoaded))
        {
            changing = null;
            return false;
        }
        var settled = changing is not null && digest.AsSpan().SequenceEqual(changing);
        changing = digest;
        return settled;
    }

    private void Reject(string problem, bool isRequested)
    {
        // A missing file stays missing for many checks; one line is enough.
        if (!isRequested && problem == lastRejection)
            return;
        lastRejection = problem;
        HostLog.CertificateRejected(logger, problem);
    }

    private ServerCertificate Load((string Chain, string Key, byte[] Digest) files)
    {
        try
        {
            var loaded = ServerCertificate.FromPem(files.Chain, files.Key);
            lastRejection = null;
            return loaded;
        }
        catch (CertificateException exception)
        {
            throw new CertificateException($"certificate.chain {chainPath} with certificate.key {keyPath}: {exception.Message}", exception);
        }
    }

    private (string Chain, string Key, byte[] Digest) Read()
    {
        var chain = ReadFile(Keys.CertificateChain, chainPath);
        var key = ReadFile(Keys.CertificateKey, keyPath);
        return (Encoding.UTF8.GetString(chain), Encoding.UTF8.GetString(key), [.. SHA256.HashData(chain), .. SHA256.HashData(key)]);
    }

    private static byte[] ReadFile(ConfigurationKey setting, string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > MaxFileLength)
                throw new CertificateException($"{setting.Name}: {path} is larger than 1 MiB, so it is not a PEM file");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(
                $"{setting.Name}: {path} cannot be read by user {Environment.UserName} ({FileProblem.Describe(exception)}); allowed: " +
                $"{setting.Allowed}",
                exception);
        }
    }
}
