namespace Heliograph.Configuration;

/// <summary>The keys of one certificate authority, which <c>acme</c> and <c>acme.failover</c> have alike.</summary>
internal sealed class IssuerKeys(string section)
{
    private const string HttpsDirectory = "the https:// address of an ACME directory";

    public Key Directory { get; } = new(section + ":directory", KeyKind.Scalar, HttpsDirectory);

    public Key StagingDirectory { get; } = new(section + ":staging_directory", KeyKind.Scalar, HttpsDirectory + " to rehearse at after a failed validation");

    public Key Email { get; } = new(section + ":email", KeyKind.Scalar, "an e-mail address, such as you@example.org");

    public Key Profile { get; } = new(section + ":profile", KeyKind.Scalar, "the name of a certificate profile of the authority, such as shortlived");

    public Key CaRoot { get; } = new(section + ":ca_root", KeyKind.Scalar, "the path of a PEM file with the roots that the directory's own certificate leads to");

    public Key EabKeyId { get; } = new(section + ":eab:key_id", KeyKind.Scalar, "the key identifier that the authority gave you");

    public Key EabHmacKey { get; } = new(section + ":eab:hmac_key", KeyKind.Scalar, "the key that the authority gave you, in base64url", Secret: true);

    public Key PreferredChain { get; } = new(section + ":preferred_chain", KeyKind.Scalar, "the common name of the root that the chain is to end at");

    public IEnumerable<Key> All => [Directory, StagingDirectory, Email, Profile, CaRoot, EabKeyId, EabHmacKey, PreferredChain];
}
