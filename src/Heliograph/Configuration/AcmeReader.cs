using Heliograph.Acme;

namespace Heliograph.Configuration;

/// <summary>Reads the <c>acme</c> section.</summary>
internal sealed class AcmeReader(LayeredValues values, ConfigurationErrors errors)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly KeyReader reader = new(values, errors);

    public AcmeOptions Read(IReadOnlyList<string> domains, string stateDirectory)
    {
        var defaults = new AcmeOptions { Domains = domains, StateDirectory = stateDirectory };
        var challenges = reader.List<string>(Keys.AcmeChallenges, Values.Choice(Words.AcmeChallenges));
        if (values.List(Keys.AcmeChallenges) is { Count: 0 })
            errors.Add(Keys.AcmeChallenges.Path, values.OriginOf(Keys.AcmeChallenges)!, $"needs at least one; allowed: {Keys.AcmeChallenges.Allowed}");
        var issuer = Issuer(Keys.Acme);
        return defaults with
        {
            Directory = issuer.Directory,
            StagingDirectory = issuer.StagingDirectory,
            Email = issuer.Email,
            Challenges = challenges ?? defaults.Challenges,
            Profile = issuer.Profile,
            KeyType = reader.Scalar(Keys.AcmeKeyType, Values.Choice(Words.AcmeKeyTypes), defaults.KeyType),
            CaRoot = issuer.CaRoot,
            Eab = issuer.Eab,
            PreferredChain = issuer.PreferredChain,
            Failover = Failover(),
            Dns = Dns(),
        };
    }

    /// <summary>What the library has to say of it all, each at the key's place; not what was told already.</summary>
    /// <param name="options">What <see cref="Read"/> found.</param>
    /// <param name="hasHttp">Whether plain HTTP is listened for.</param>
    public void Check(AcmeOptions options, bool hasHttp)
    {
        foreach (var line in options.Errors())
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            var (name, problem) = (line[..colon], line[(colon + 2)..].TrimEnd('.'));
            if (errors.Tells(name))
                continue;
            if (OriginOf(name.Replace('.', ':')) is { } origin)
                errors.Add(name, origin, problem);
            else
                errors.Add(name, problem);
        }
        if (!hasHttp && options.Challenges.All(static type => type == ChallengeTypes.Http01) && values.OriginOf(Keys.AcmeChallenges) is { } challenges)
            errors.Add(Keys.AcmeChallenges.Path, challenges, $"has http-01 only, which needs port 80, and {Keys.HttpListen.Name} is empty; add tls-alpn-01, or give {Keys.HttpListen.Name} an address");
        if (options.Dns?.Hook is { } hook && !File.Exists(hook) && values.Scalar(Keys.DnsHook) is { } given)
            errors.Add(Keys.DnsHook, given, $"there is no such file; allowed: {Keys.DnsHook.Allowed}");
    }

    private IssuerOptions Issuer(IssuerKeys keys) => new()
    {
        Directory = reader.Scalar<string>(keys.Directory, Values.HttpsAddress, AcmeOptions.LetsEncrypt),
        StagingDirectory = reader.Scalar<string?>(keys.StagingDirectory, Values.HttpsAddress, null),
        Email = reader.Scalar<string?>(keys.Email, Values.Email, null),
        Profile = reader.Scalar<string?>(keys.Profile, Values.Word, null),
        CaRoot = reader.Scalar<string?>(keys.CaRoot, Values.FilePath, null),
        Eab = ExternalAccount(keys),
        PreferredChain = reader.Scalar<string?>(keys.PreferredChain, Values.Line, null),
    };

    private EabOptions? ExternalAccount(IssuerKeys keys)
    {
        var id = reader.Scalar<string?>(keys.EabKeyId, Values.Word, null);
        var key = reader.Scalar<string?>(keys.EabHmacKey, Values.Base64UrlText, null);
        if (!reader.IsGiven(keys.EabKeyId) && !reader.IsGiven(keys.EabHmacKey))
            return null;
        reader.Require(keys.EabKeyId, $"{keys.EabHmacKey.Name} is given");
        reader.Require(keys.EabHmacKey, $"{keys.EabKeyId.Name} is given");
        return id is null || key is null ? null : new() { KeyId = id, HmacKey = key };
    }

    private IssuerOptions? Failover()
    {
        if (Keys.AcmeFailover.All.FirstOrDefault(reader.IsGiven) is not { } first)
            return null;
        reader.Require(Keys.AcmeFailover.Directory, $"{first.Name} is given");
        var failover = Issuer(Keys.AcmeFailover);
        // A directory that is missing or bad is told; the default in its place would be told again, as the same as the first.
        return values.Scalar(Keys.AcmeFailover.Directory)?.Value == failover.Directory ? failover : null;
    }

    private DnsOptions? Dns()
    {
        if (!Keys.Dns.Any(reader.IsGiven))
            return null;
        var defaults = new DnsOptions();
        return new()
        {
            Hook = reader.Scalar<string?>(Keys.DnsHook, Values.FilePath, null),
            HookTimeout = reader.Scalar(Keys.DnsHookTimeout, Values.Duration(Shortest, Longest), defaults.HookTimeout),
            Rfc2136 = Rfc2136(),
            VisibleAt = reader.List<string>(Keys.DnsVisibleAt, Values.Text) ?? defaults.VisibleAt,
            VisibleTimeout = reader.Scalar(Keys.DnsVisibleTimeout, Values.Duration(Shortest, Longest), defaults.VisibleTimeout),
        };
    }

    private Rfc2136Options? Rfc2136()
    {
        if (Keys.Rfc2136.FirstOrDefault(reader.IsGiven) is not { } first)
            return null;
        foreach (var key in new[] { Keys.Rfc2136Server, Keys.Rfc2136KeyName, Keys.Rfc2136KeySecret })
            reader.Require(key, $"{first.Name} is given");
        var server = reader.Scalar<string?>(Keys.Rfc2136Server, Values.Word, null);
        var name = reader.Scalar<string?>(Keys.Rfc2136KeyName, Values.Word, null);
        var secret = reader.Scalar<string?>(Keys.Rfc2136KeySecret, Values.Word, null);
        if (server is null || name is null || secret is null)
            return null;
        var update = new Rfc2136Options { Server = server, KeyName = name, KeySecret = secret };
        return update with
        {
            Algorithm = reader.Scalar(Keys.Rfc2136Algorithm, Values.Choice(Words.TsigAlgorithms), update.Algorithm),
            Zone = reader.Scalar<string?>(Keys.Rfc2136Zone, Values.Word, null),
            Transport = reader.Scalar(Keys.Rfc2136Transport, Values.Choice(Words.DnsTransports), update.Transport),
        };
    }

    /// <summary>Where a key stands, or the first one of a section.</summary>
    private string? OriginOf(string path) => Keys.All
        .Where(key => key.Path == path || key.Path.StartsWith(path + ":", StringComparison.Ordinal))
        .Select(values.OriginOf)
        .FirstOrDefault(static origin => origin is not null);
}
