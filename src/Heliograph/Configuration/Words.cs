namespace Heliograph.Configuration;

/// <summary>The words of the keys that allow only a few.</summary>
internal static class Words
{
    public static readonly (string Word, CertificateOrigin Value)[] CertificateOrigins =
        [("acme", CertificateOrigin.Acme), ("files", CertificateOrigin.Files), ("self-signed", CertificateOrigin.SelfSigned)];

    public static readonly (string Word, AcmeChallenge Value)[] AcmeChallenges = [("tls-alpn-01", AcmeChallenge.TlsAlpn01), ("http-01", AcmeChallenge.Http01)];

    public static readonly (string Word, AcmeKeyType Value)[] AcmeKeyTypes = [("ecdsa-p256", AcmeKeyType.EcdsaP256), ("rsa-2048", AcmeKeyType.Rsa2048)];

    public static string Of<T>((string Word, T Value)[] words, T value)
        where T : struct, Enum => Array.Find(words, word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word;
}
