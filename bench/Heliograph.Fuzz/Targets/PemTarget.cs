using System.Text;
using Heliograph.Platform.Pem;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are one file that is given as the chain and as the key, as HAProxy has them.</summary>
internal static class PemTarget
{
    private const int MostCertificates = 10, LongestMessage = 1000;

    /// <summary>The first lines of certificates that OpenSSL, and so nginx, takes. Blocks with other labels it skips.</summary>
    private static readonly string[] CertificateLines =
        ["-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----"];

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var outcome = Read(text, text);
        // A file that went through another system says the same.
        if (!text.Contains('\r', StringComparison.Ordinal))
        {
            var other = text.Replace("\n", "\r\n", StringComparison.Ordinal);
            FaultException.Unless(Read(other, other) == outcome, $"with CRLF it is not: {outcome}");
        }
    }

    /// <summary>What came of it, for comparison: the certificates, or why there are none. Whatever reads PEM stands here.</summary>
    private static string Read(string chain, string key)
    {
        try
        {
            var certificate = ServerCertificate.Create(ChainPem.Read(chain), PrivateKeyPem.Read(key));
            FaultException.Unless(certificate.Chain.Count is >= 1 and <= MostCertificates, $"{certificate.Chain.Count} certificates");
            CheckNoneIsLost(chain, certificate.Chain.Count);
            return string.Join(' ', certificate.Chain.Select(static der => Convert.ToHexString(der.Span)));
        }
        catch (Exception exception) when (exception is CertificateException or PemException)
        {
            FaultException.Unless(
                exception.Message.Length <= LongestMessage && !exception.Message.Any(char.IsControl),
                $"the message is \"{exception.Message}\"");
            return exception.Message;
        }
    }

    /// <summary>
    /// In a text that was taken, whatever looks like a first line is one: of a certificate of the chain, of the key, or of a block that
    /// nginx skips too.
    /// </summary>
    private static void CheckNoneIsLost(string text, int certificates)
    {
        var firstLines = text.Split('\n')
            .Where(static line => line.Contains("-----BEGIN ", StringComparison.Ordinal))
            .Select(static line => line.TrimStart('\ufeff').TrimEnd([.. Enumerable.Range(0, ' ' + 1).Select(static code => (char)code)]))
            .ToList();
        FaultException.Unless(
            firstLines.TrueForAll(static line =>
                line.StartsWith("-----BEGIN ", StringComparison.Ordinal) && line.EndsWith("-----", StringComparison.Ordinal)),
            $"a damaged first line was passed over: {string.Join(", ", firstLines)}");
        var found = firstLines.Count(static line => CertificateLines.Contains(line, StringComparer.Ordinal));
        FaultException.Unless(found == certificates, $"{found} certificates begin, and {certificates} were read");
        FaultException.Unless(
            firstLines.Exists(static line => line.EndsWith("PRIVATE KEY-----", StringComparison.Ordinal)),
            "no key begins, and one was read");
    }
}
