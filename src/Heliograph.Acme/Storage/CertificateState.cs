using System.Text.Json.Serialization;

namespace Heliograph.Acme.Storage;

/// <summary>Everything stored about one certificate: key, chain and what renewal needs, in one file and therefore in one write.</summary>
internal sealed record CertificateState
{
    public string? ChainPem { get; init; }

    public string? KeyPem { get; init; }

    /// <summary>The directory of the authority that issued it.</summary>
    public string? IssuedBy { get; init; }

    /// <summary>The ordered names: an authority may add its own, so the certificate's names do not show what was ordered.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    public DateTimeOffset? ObtainedAt { get; init; }

    public bool Revoked { get; init; }

    public SuggestedRenewal? Ari { get; init; }

    public Attempts Attempts { get; init; } = new();

    /// <summary>A directory must not be asked again before this instant, from its Retry-After.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> NotBefore { get; init; } =
        new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);

    public PendingOrder? Pending { get; init; }

    /// <summary>Those whose keys somebody else has: each is replaced, and then revoked. A file without this member says null.</summary>
    public IReadOnlyList<CompromisedCertificate> Compromised { get; init => field = value ?? []; } = [];

    /// <summary>After an authority could not be told what is compromised; null: nothing failed.</summary>
    public Postponement? Leaving { get; init; }

    /// <summary>Without a certificate among those whose keys somebody else has.</summary>
    public CertificateState WithoutCompromised(string chain) =>
        this with { Compromised = [.. Compromised.Where(one => one.ChainPem != chain)] };
}

/// <summary>Something that failed, and is tried again later.</summary>
/// <param name="Failures">In a row.</param>
/// <param name="Until">Not before.</param>
/// <param name="Since">When it failed last.</param>
internal sealed record Postponement(int Failures, DateTimeOffset Until, DateTimeOffset Since);

/// <summary>A certificate that is to be revoked, with all that this needs.</summary>
internal sealed record CompromisedCertificate
{
    public required string ChainPem { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>The authority that issued it.</summary>
    public required string Directory { get; init; }

    /// <summary>Why it cannot be revoked; null: that was not tried yet, or is tried again.</summary>
    public string? Refusal { get; init; }
}

/// <summary>RFC 9773: the window, and the instant drawn from it once.</summary>
internal sealed record SuggestedRenewal
{
    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public DateTimeOffset? Chosen { get; init; }

    public string? ExplanationUrl { get; init; }

    public required DateTimeOffset NextCheck { get; init; }

    /// <summary>When the authority was asked last; null in a file from before this was kept.</summary>
    public DateTimeOffset? AskedAt { get; init; }
}

/// <summary>Kept across restarts, so that a crash loop backs off.</summary>
internal sealed record Attempts
{
    public int Failures { get; init; }

    public DateTimeOffset? NextAttempt { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>The last one has not ended; of a fleet's state only.</summary>
    public bool IsUnderWay { get; init; }

    /// <summary>Attempts before the last that did not end, in a row: machines of the fleet have stalled in them.</summary>
    public int Abandoned { get; init; }

    /// <summary>Directories whose validation failed: their staging is tried first.</summary>
    public IReadOnlyList<string> TrialFirst { get; init; } = [];

    /// <summary>Those of the last hour: an authority limits how many validations may fail in that time.</summary>
    public IReadOnlyList<FailedOrder> Orders { get; init; } = [];

    /// <summary>After the last failure; null: unknown.</summary>
    public Circumstances? Circumstances { get; init; }
}

/// <summary>An attempt at one directory.</summary>
internal sealed record FailedOrder(string Directory, DateTimeOffset At);

/// <summary>What an operator may put right after a failure, as this machine sees it.</summary>
internal sealed record Circumstances
{
    /// <summary>A digest.</summary>
    public string? Configuration { get; init; }

    /// <summary>By host: this server's names, and the authorities. A host is missing if no DNS server answered for it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Addresses { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>The ports of this server's names that accept connections from here.</summary>
    public IReadOnlyList<string> Reachable { get; init; } = [];

    public IReadOnlyList<string>? Find(string host) => Addresses.GetValueOrDefault(host);
}

/// <summary>An order that was about to be finalized with this key: after a crash its certificate can still be fetched.</summary>
internal sealed record PendingOrder
{
    public required string Directory { get; init; }

    public required string OrderUrl { get; init; }

    public required string KeyPem { get; init; }

    public required IReadOnlyList<string> Names { get; init; }
}

/// <summary>One account at one authority.</summary>
internal sealed record AccountState
{
    public required string Directory { get; init; }

    /// <summary>Null until the authority has confirmed it.</summary>
    public string? Url { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>Set while a key rollover is under way: after a crash either key may be the account's.</summary>
    public string? NextKeyPem { get; init; }

    /// <summary>Somebody else has the key: it is changed before anything else is done with the account.</summary>
    public bool Compromised { get; init; }

    /// <summary>Of an account that a machine uses alone: the key that all had when it was changed; null: they had no account.</summary>
    public string? SharedKeyPem { get; init; }

    public string? Email { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(CertificateState))]
[JsonSerializable(typeof(AccountState))]
internal sealed partial class StateJson : JsonSerializerContext;
