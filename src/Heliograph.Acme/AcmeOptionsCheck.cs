using Heliograph.Acme.Dns;
using Heliograph.Acme.Issuance;
using Heliograph.Acme.Protocol;

namespace Heliograph.Acme;

/// <summary>Finds all mistakes in the options at once and names them in the operator's words.</summary>
internal static class AcmeOptionsCheck
{
    // Let's Encrypt's limit for one certificate; the others' is the same or lower.
    private const int MaxNames = 100;

    public static IReadOnlyList<string> Errors(AcmeOptions options)
    {
        var errors = new List<string>();
        CheckNames(options, errors);
        CheckChallenges(options, errors);
        CheckIssuer("acme", options.Primary, errors);
        if (options.Failover is { } failover)
        {
            CheckIssuer("acme.failover", failover, errors);
            if (failover.Directory == options.Directory)
                errors.Add("acme.failover.directory: is the same as acme.directory; name another certificate authority or remove it.");
        }

        if (options.KeyType is not (KeyTypes.EcdsaP256 or KeyTypes.Rsa2048))
            errors.Add($"acme.key_type: '{options.KeyType}' is not known; write {KeyTypes.EcdsaP256} or {KeyTypes.Rsa2048}.");
        if (options.Dns is { } dns)
            CheckDns(dns, errors);
        return errors;
    }

    private static void CheckNames(AcmeOptions options, List<string> errors)
    {
        if (options.Domains.Count is 0 or > MaxNames)
            errors.Add($"domains: has {options.Domains.Count} names; a certificate holds 1 to {MaxNames}.");
        foreach (var name in options.Domains)
        {
            if (!Identifier.TryParse(name, out var identifier, out var why))
                errors.Add($"domains: '{name}' {why}.");
            else if (identifier.IsWildcard && !options.Challenges.Contains(ChallengeTypes.Dns01, StringComparer.Ordinal))
            {
                errors.Add($"domains: the wildcard '{name}' can only be validated through DNS; " +
                    "add dns-01 to acme.challenges and fill in acme.dns.");
            }
            else if (identifier.IsAddress && options.Challenges.All(type => type == ChallengeTypes.Dns01))
            {
                errors.Add($"domains: the address '{name}' cannot be validated through DNS; " +
                    "add tls-alpn-01 or http-01 to acme.challenges.");
            }
        }
    }

    private static void CheckChallenges(AcmeOptions options, List<string> errors)
    {
        if (options.Challenges.Count == 0)
            errors.Add("acme.challenges: is empty; write one or more of tls-alpn-01, http-01, dns-01.");
        foreach (var type in options.Challenges)
        {
            if (type is not (ChallengeTypes.TlsAlpn01 or ChallengeTypes.Http01 or ChallengeTypes.Dns01))
                errors.Add($"acme.challenges: '{type}' is not known; write one or more of tls-alpn-01, http-01, dns-01.");
            else if (type == ChallengeTypes.Dns01 && options.Dns is not { Hook: not null } and not { Rfc2136: not null })
                errors.Add("acme.challenges: dns-01 needs acme.dns.hook (a program) or acme.dns.rfc2136 (a name server with a TSIG key).");
        }
    }

    private static void CheckIssuer(string path, IssuerOptions issuer, List<string> errors)
    {
        CheckDirectory($"{path}.directory", issuer.Directory, errors);
        if (issuer.StagingDirectory is { } staging)
            CheckDirectory($"{path}.staging_directory", staging, errors);
        if (issuer.CaRoot is { } root && !File.Exists(root))
            errors.Add($"{path}.ca_root: the file '{root}' does not exist; name a PEM file with the authority's root or remove the key.");
        if (issuer.Eab is { } eab && !ExternalAccountBinding.IsKey(eab.HmacKey))
            errors.Add($"{path}.eab.hmac_key: is not base64url; copy it as the certificate authority shows it.");
        if (issuer.Email is { } email && (!email.Contains('@', StringComparison.Ordinal) || email.Any(c => c <= ' ' || c is ',' or '?')))
            errors.Add($"{path}.email: '{email}' is not a single e-mail address.");
    }

    private static void CheckDirectory(string path, string value, List<string> errors)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
            errors.Add($"{path}: '{value}' is not an https:// address, such as {AcmeOptions.LetsEncrypt}.");
    }

    private static void CheckDns(DnsOptions dns, List<string> errors)
    {
        if (dns.Hook is not null && dns.Rfc2136 is not null)
            errors.Add("acme.dns: has both hook and rfc2136; keep one of them.");
        foreach (var server in dns.VisibleAt)
        {
            if (!DnsServer.TryParse(server, out _))
                errors.Add($"acme.dns.visible_at: '{server}' {DnsServer.FindProblem(server)}.");
        }

        if (dns.Rfc2136 is not { } update)
            return;
        if (!DnsServer.TryParse(update.Server, out _))
            errors.Add($"acme.dns.rfc2136.server: '{update.Server}' {DnsServer.FindProblem(update.Server)}.");
        if (!Tsig.TryCreate(update, out _))
        {
            errors.Add("acme.dns.rfc2136: the key cannot be used; key_name must be a DNS name, key_secret must be base64, " +
                "and algorithm must be hmac-sha256 or hmac-sha512.");
        }

        if (update.Transport is not ("udp" or "tcp"))
            errors.Add($"acme.dns.rfc2136.transport: '{update.Transport}' is not known; write udp or tcp.");
    }
}
