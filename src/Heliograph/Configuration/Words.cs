using Heliograph.Acme;
using Heliograph.Relay;
using Microsoft.Extensions.Logging;

namespace Heliograph.Configuration;

/// <summary>The words of the keys that allow only a few.</summary>
internal static class Words
{
    public static readonly (string Word, CertificateOrigin Value)[] CertificateOrigins =
        [("acme", CertificateOrigin.Acme), ("files", CertificateOrigin.Files), ("self-signed", CertificateOrigin.SelfSigned)];

    public static readonly string[] AcmeChallenges = [ChallengeTypes.TlsAlpn01, ChallengeTypes.Http01, ChallengeTypes.Dns01];

    public static readonly string[] AcmeKeyTypes = [KeyTypes.EcdsaP256, KeyTypes.Rsa2048];

    public static readonly string[] TsigAlgorithms = ["hmac-sha256", "hmac-sha512"];

    public static readonly string[] DnsTransports = ["udp", "tcp"];

    public static readonly (string Word, TlsHandshake Value)[] TlsHandshakes =
        [("auto", TlsHandshake.Auto), ("libssl", TlsHandshake.Libssl)];

    public static readonly (string Word, bool Value)[] OffOn = [("off", false), ("on", true)];

    public static readonly (string Word, bool Value)[] WhenLow = [("warn", false), ("slow", true)];

    public static readonly (string Word, bool Value)[] WhenSpent = [("refuse", false), ("slow", true)];

    public static readonly (string Word, bool Value)[] AccessModes = [("open", false), ("unlisted", true)];

    public static readonly (string Word, LogLevel Value)[] LogLevels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information),
            ("warning", LogLevel.Warning), ("error", LogLevel.Error),
    ];

    public static readonly (string Word, LogFormat Value)[] LogFormats =
        [("auto", LogFormat.Auto), ("text", LogFormat.Text), ("journal", LogFormat.Journal), ("json", LogFormat.Json)];

    public static string Find<T>((string Word, T Value)[] words, T value)
        where T : struct, Enum => Array.Find(words, word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word;
}
