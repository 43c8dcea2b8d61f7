using System.Security.Cryptography;
using Heliograph.Configuration;
using Heliograph.Platform.Pem;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>The two files of a certificate, as they were read once.</summary>
internal sealed class CertificateFiles
{
    private readonly string chainPath;
    private readonly string keyPath;
    private readonly PemFile chain;
    private readonly PemFile key;

    private CertificateFiles(string chainPath, string keyPath, PemFile chain, PemFile key)
    {
        this.chainPath = chainPath;
        this.keyPath = keyPath;
        this.chain = chain;
        this.key = key;
        Digest = [.. SHA256.HashData(chain.Bytes.Span), .. SHA256.HashData(key.Bytes.Span)];
    }

    /// <summary>Tells whether the contents have changed.</summary>
    public byte[] Digest { get; }

    /// <summary>The path of the one that can be read only once; null: neither.</summary>
    public string? Pipe => chain.IsPipe ? chainPath : key.IsPipe ? keyPath : null;

    /// <summary>Reads the files again, which are no pipes.</summary>
    /// <exception cref="CertificateException">A file cannot be read.</exception>
    public static CertificateFiles ReadAgain(string chainPath, string keyPath) =>
        new(
            chainPath,
            keyPath,
            Explain(Keys.CertificateChain, chainPath, PemFile.ReadAgain),
            Explain(Keys.CertificateKey, keyPath, PemFile.ReadAgain));

    /// <summary>Reads files that may turn out to be pipes.</summary>
    /// <exception cref="CertificateException">A file cannot be read.</exception>
    public static async Task<CertificateFiles> ReadAsync(string chainPath, string keyPath, TimeProvider timeProvider) =>
        new(
            chainPath,
            keyPath,
            await Explain(Keys.CertificateChain, chainPath, path => PemFile.ReadAsync(path, timeProvider)),
            await Explain(Keys.CertificateKey, keyPath, path => PemFile.ReadAsync(path, timeProvider)));

    /// <exception cref="CertificateException">They are not a certificate and its key.</exception>
    public ServerCertificate Load()
    {
        try
        {
            return PemCertificate.Read(chain.Bytes.Span, key.Bytes.Span);
        }
        catch (CertificateException exception)
        {
            throw new CertificateException($"certificate.chain {chainPath} with certificate.key {keyPath}: {exception.Message}", exception);
        }
    }

    private static async Task<PemFile> Explain(ConfigurationKey setting, string path, Func<string, Task<PemFile>> read)
    {
        try
        {
            return await read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PemException)
        {
            throw Describe(setting, path, exception);
        }
    }

    private static PemFile Explain(ConfigurationKey setting, string path, Func<string, PemFile> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PemException)
        {
            throw Describe(setting, path, exception);
        }
    }

    private static CertificateException Describe(ConfigurationKey setting, string path, Exception exception) => new(
        exception is PemException
            ? $"{setting.Name}: {exception.Message}"
            : $"{setting.Name}: {path} cannot be read by user {Environment.UserName} ({FileProblem.Describe(exception, path)}); allowed: " +
            $"{setting.Allowed}",
        exception);
}
