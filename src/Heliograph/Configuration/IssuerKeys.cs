using Heliograph.Acme;

namespace Heliograph.Configuration;

/// <summary>The keys of one certificate authority, which <c>acme</c> and <c>acme.failover</c> both have.</summary>
internal sealed class IssuerKeys
{
    private const string HttpsDirectory = "the https:// address of an ACME directory";

    /// <param name="section">Where they stand.</param>
    /// <param name="flagPrefix">What their flags begin with; null: they have none.</param>
    public IssuerKeys(Section<IssuerOptions> section, string? flagPrefix = null)
    {
        var eab = section.Inner(
            "eab", static issuer => issuer.Eab, static (issuer, value) => issuer with { Eab = value },
                static () => new EabOptions { KeyId = "", HmacKey = "" });

        Directory = section.Key(
            "directory", Kinds.HttpsAddress(HttpsDirectory, AcmeOptions.LetsEncrypt, AcmeOptions.LetsEncryptStaging),
            static issuer => issuer.Directory, static (issuer, value) => issuer with { Directory = value },
            "The ACME directory of the certificate authority.",
            OnReload.ReopensCertificate, Flag("directory", "URL"), example: AcmeOptions.LetsEncryptStaging);
        StagingDirectory = section.Key(
            "staging_directory", Kinds.HttpsAddress(HttpsDirectory + " to rehearse at after a failed validation"),
            static issuer => issuer.StagingDirectory, static (issuer, value) => issuer with { StagingDirectory = value },
            "After a failed validation an order is first rehearsed here, to stay within the authority's rate limits.",
            OnReload.ReopensCertificate, example: AcmeOptions.LetsEncryptStaging);
        Email = section.Key(
            "email", Kinds.Email,
            static issuer => issuer.Email, static (issuer, value) => issuer with { Email = value },
            "Where the certificate authority may write to you.",
            OnReload.ReopensCertificate, Flag("email", "ADDRESS"), example: "you@example.org");
        Profile = section.Key(
            "profile", Kinds.Word("the name of a certificate profile of the authority, such as shortlived"),
            static issuer => issuer.Profile, static (issuer, value) => issuer with { Profile = value },
            "The certificate profile to ask for. Without it the authority chooses.",
            OnReload.ReopensCertificate, example: "shortlived");
        CaRoot = section.Key(
            "ca_root",
            Kinds.Path("the path of a PEM file with the roots that the directory's own certificate leads to", "path of a PEM file"),
            static issuer => issuer.CaRoot, static (issuer, value) => issuer with { CaRoot = value },
            "PEM file with the roots to trust when connecting to the ACME directory. Without it: those of the system.",
            OnReload.ReopensCertificate, Flag("ca-root", "FILE"), example: "/etc/heliograph/ca.pem");
        EabKeyId = eab.Key(
            "key_id", Kinds.Word("the key identifier that the authority gave you"),
            static account => account.KeyId, static (account, value) => account with { KeyId = value },
            "The key identifier for external account binding, if the authority asks for it.",
            OnReload.ReopensCertificate, example: "kid-1");
        EabHmacKey = eab.Key(
            "hmac_key", Kinds.Base64Url("the key that the authority gave you, in base64url"),
            static account => account.HmacKey, static (account, value) => account with { HmacKey = value },
            "The key for external account binding. It is a secret.",
            OnReload.ReopensCertificate, example: "bXktc2VjcmV0", isSecret: true);
        PreferredChain = section.Key(
            "preferred_chain", Kinds.Line("the common name of the root that the chain is to end at"),
            static issuer => issuer.PreferredChain, static (issuer, value) => issuer with { PreferredChain = value },
            "The common name of the root that the certificate chain should end at, if the authority offers several.",
            OnReload.ReopensCertificate, example: "ISRG Root X1");

        KeyFlag? Flag(string name, string value) => flagPrefix is null ? null : new(flagPrefix + name, value);
    }

    public ConfigurationKey Directory { get; }

    public ConfigurationKey StagingDirectory { get; }

    public ConfigurationKey Email { get; }

    public ConfigurationKey Profile { get; }

    public ConfigurationKey CaRoot { get; }

    public ConfigurationKey EabKeyId { get; }

    public ConfigurationKey EabHmacKey { get; }

    public ConfigurationKey PreferredChain { get; }

    public IEnumerable<ConfigurationKey> All => [Directory, StagingDirectory, Email, Profile, CaRoot, EabKeyId, EabHmacKey, PreferredChain];
}
