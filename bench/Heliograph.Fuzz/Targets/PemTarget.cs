using System.Text;
using Heliograph.Platform.Pem;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are one file that is given as the chain and as the key, as HAProxy has them.</summary>
internal static class PemTarget
{
    private const int MostCertificates = 10, LongestMessage = 1000;

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
}
